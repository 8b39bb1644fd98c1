//! As much of HTTP/1.1 as an API client on the same machine speaks: requests with a length, connections that stay open.

use std::io::{self, BufRead, Read, Write};

/// What a client asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Decoded path, without the query.
    pub path: String,
    /// Decoded names and values of the query.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the client will ask no more on this connection.
    pub is_last: bool,
}

/// What the client asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// JSON.
    pub body: Vec<u8>,
    /// Value of the `Link` header, where there is a next page.
    pub link: Option<String>,
}

/// Bounds for what a client may send, so that a stray one can't fill the memory.
const LONGEST_LINE: u64 = 64 * 1024;
const LONGEST_BODY: u64 = 16 * 1024 * 1024;

/// The next request; `None` where the client left.
///
/// # Errors
/// The connection's, and `InvalidData` for what is no request.
pub fn read(connection: &mut impl BufRead) -> io::Result<Option<Request>> {
    let first = line(connection)?;
    if first.is_empty() {
        return Ok(None);
    }
    let mut words = first.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Err(invalid("no request line")) };
    let mut request =
        Request { method: method.to_owned(), path: String::new(), query: Vec::new(), body: Vec::new(), is_last: false };
    (request.path, request.query) = split_target(target);
    let mut length = 0;
    loop {
        let header = line(connection)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().map_err(|_| invalid("no content-length"))?,
            "connection" => request.is_last = value.trim().eq_ignore_ascii_case("close"),
            "transfer-encoding" => return Err(invalid("chunked bodies are not understood")),
            _ => {}
        }
    }
    if length > LONGEST_BODY {
        return Err(invalid("the body is too long"));
    }
    connection.take(length).read_to_end(&mut request.body)?;
    Ok(Some(request))
}

fn line(connection: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    connection.take(LONGEST_LINE).read_line(&mut line)?;
    Ok(line)
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn split_target(target: &str) -> (String, Vec<(String, String)>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    });
    (decoded(path), pairs.collect())
}

/// Text without its percent escapes; what is no escape stays.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = escape.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        decoded.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Sends `response` in one piece.
///
/// # Errors
/// The connection's.
pub fn write(connection: &mut impl Write, response: &Response) -> io::Result<()> {
    let link = response.link.as_ref().map(|link| format!("link: {link}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/json; charset=utf-8\r\n{link}content-length: {}\r\n\r\n",
        response.status,
        if response.status < 300 { "OK" } else { "Not OK" },
        response.body.len()
    );
    let mut whole = head.into_bytes();
    whole.extend_from_slice(&response.body);
    connection.write_all(&whole)?;
    connection.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_with_a_body_and_the_next_one() {
        let sent = b"POST /a%20b/c?x=1%2F2&y HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}GET / HTTP/1.1\r\n\
                     connection: close\r\n\r\n";
        let mut connection = &sent[..];
        let first = read(&mut connection).expect("well-formed").expect("a request");
        assert_eq!((first.method.as_str(), first.path.as_str(), &first.body[..]), ("POST", "/a b/c", &b"{}"[..]));
        assert_eq!(first.query, [("x".into(), "1/2".into()), ("y".into(), String::new())]);
        let second = read(&mut connection).expect("well-formed").expect("a request");
        assert!(second.is_last && second.path == "/");
        assert_eq!(read(&mut connection).expect("the end"), None);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for sent in [
            "nonsense\r\n\r\n",
            "GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
            "GET / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n",
            "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
        ] {
            assert!(read(&mut sent.as_bytes()).is_err(), "{sent}");
        }
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz"), "%zz");
    }

    #[test]
    fn a_response_says_its_length() {
        let mut sent = Vec::new();
        write(&mut sent, &Response { status: 200, body: b"[]".to_vec(), link: Some("<u>; rel=\"next\"".into()) })
            .expect("memory takes it");
        let text = String::from_utf8(sent).expect("text");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("content-length: 2\r\n\r\n[]"), "{text}");
        assert!(text.contains("link: <u>; rel=\"next\"\r\n"), "{text}");
    }
}

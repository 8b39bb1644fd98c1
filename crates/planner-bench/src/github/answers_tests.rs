//! Recorded questions of release-please 17, answered from a small history.
#![expect(clippy::unwrap_used, reason = "a broken answer fails its test")]

use super::*;

fn hosted() -> Hosted {
    let commit = |number: usize| HostedCommit {
        sha: format!("c{number}"),
        author_name: "A".into(),
        author_email: "a@example.com".into(),
        message: format!("feat(a): change {number}\n\nbody"),
        files: vec![format!("packages/a/{number}")],
    };
    let entry = |path: &str, sha: &str| super::super::hosted::TreeEntry {
        mode: "100644".into(),
        kind: "blob".into(),
        sha: sha.into(),
        path: path.into(),
    };
    Hosted {
        branch: "main".into(),
        commits: (0..25).map(commit).collect(),
        tags: (0..3).map(|number| (format!("a@v0.{number}.0"), format!("c{number}"))).collect(),
        tree: vec![entry("packages/a/package.json", "b1")],
        blobs: [("b1".to_owned(), b"{}".to_vec())].into(),
    }
}

fn request(method: &str, path: &str, body: &str) -> Request {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    Request {
        method: method.into(),
        path: path.into(),
        query: pairs.map(|(name, value)| (name.into(), value.into())).collect(),
        body: body.into(),
        is_last: false,
    }
}

fn ask(method: &str, path: &str, body: &str) -> (u16, Value, Option<String>) {
    let response = answer(&hosted(), "http://h", &request(method, path, body));
    (response.status, serde_json::from_slice(&response.body).unwrap(), response.link)
}

#[test]
fn the_history_comes_in_pages() {
    let body = |cursor: &str| {
        format!(
            r#"{{"query":"query pullRequestsSince($owner: String!) {{ repository {{ ref {{ target {{ history(first: $num) }} }} }} }}",
            "variables":{{"cursor":{cursor},"owner":"o","repo":"r","num":10,"targetBranch":"main","maxFilesChanged":100}}}}"#
        )
    };
    let (mut seen, mut cursor) = (Vec::new(), "null".to_owned());
    loop {
        let (status, answer, _) = ask("POST", "/graphql", &body(&cursor));
        assert_eq!(status, 200);
        let history = &answer["data"]["repository"]["ref"]["target"]["history"];
        for node in history["nodes"].as_array().unwrap() {
            let request = &node["associatedPullRequests"]["nodes"][0];
            assert_eq!(request["mergeCommit"]["oid"], node["sha"], "the commit is the merge of its own pull request");
            assert_eq!(request["files"]["nodes"].as_array().unwrap().len(), 1);
            seen.push(node["sha"].as_str().unwrap().to_owned());
        }
        if history["pageInfo"]["hasNextPage"] == false {
            break;
        }
        cursor = format!("\"{}\"", history["pageInfo"]["endCursor"].as_str().unwrap());
    }
    assert_eq!(seen, (0..25).map(|number| format!("c{number}")).collect::<Vec<_>>());
}

#[test]
fn another_branch_is_unknown() {
    let body = r#"{"query":"{ history(first: 1) }","variables":{"targetBranch":"next"}}"#;
    assert!(ask("POST", "/graphql", body).1["data"]["repository"]["ref"].is_null());
}

#[test]
fn releases_are_the_tags() {
    let body = r#"{"query":"query releases { repository { releases(first: $num) } }","variables":{"num":2}}"#;
    let releases = &ask("POST", "/graphql", body).1["data"]["repository"]["releases"];
    assert_eq!(releases["nodes"][1]["tag"]["name"], "a@v0.1.0");
    assert_eq!(releases["nodes"][1]["tagCommit"]["oid"], "c1");
    assert_eq!(releases["pageInfo"], json!({ "hasNextPage": true, "endCursor": "2" }));
    let pulls = r#"{"query":"query mergedPullRequests { pullRequests(first: 25) }","variables":{}}"#;
    assert_eq!(ask("POST", "/graphql", pulls).1["data"]["repository"]["pullRequests"]["nodes"], json!([]));
}

#[test]
fn rest_questions() {
    assert_eq!(ask("GET", "/repos/o/r", "").1["default_branch"], "main");
    let (_, tree, _) = ask("GET", "/repos/o/r/git/trees/main?recursive=true", "");
    assert_eq!(tree["tree"][0]["path"], "packages/a/package.json");
    assert_eq!(ask("GET", "/repos/o/r/git/blobs/b1", "").1["content"], "e30=");
    assert_eq!(ask("GET", "/repos/o/r/contents/packages/a/package.json?ref=main", "").1["sha"], "b1");
    assert_eq!(ask("GET", "/repos/o/r/commits/c2", "").1["files"][0]["filename"], "packages/a/2");
    assert_eq!(ask("GET", "/repos/o/r/pulls?state=closed", "").1, json!([]));
    let (_, tags, link) = ask("GET", "/repos/o/r/tags?per_page=2", "");
    assert_eq!(tags[1], json!({ "name": "a@v0.1.0", "commit": { "sha": "c1" } }));
    assert_eq!(link.unwrap(), "<http://h/repos/o/r/tags?per_page=2&page=2>; rel=\"next\"");
    assert_eq!(ask("GET", "/repos/o/r/tags?per_page=2&page=2", "").2, None);
}

#[test]
fn what_is_not_served_is_said() {
    for (method, path) in
        [("GET", "/user"), ("DELETE", "/repos/o/r"), ("GET", "/repos/o/r/git/blobs/none"), ("POST", "/graphql")]
    {
        let (status, told, _) = ask(method, path, "{}");
        assert_eq!(status, 404, "{path}");
        assert_eq!(told["message"], format!("{method} {path} is not served here"));
    }
}

#[test]
fn base64_is_padded() {
    assert_eq!(
        ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())),
        ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
    );
}

/// The server itself: two questions over one connection, and one it doesn't know.
#[test]
fn a_connection_is_kept() {
    use std::io::{BufRead, BufReader, Read, Write};
    let server = super::super::Server::start(hosted()).unwrap();
    let mut connection = std::net::TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
    connection
        .write_all(b"GET /repos/o/r HTTP/1.1\r\nhost: h\r\n\r\nGET /meta HTTP/1.1\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    let mut reader = BufReader::new(connection);
    reader.read_line(&mut text).unwrap();
    assert_eq!(text, "HTTP/1.1 200 OK\r\n");
    reader.read_to_string(&mut text).unwrap();
    assert!(text.contains("HTTP/1.1 404"), "{text}");
    assert_eq!((server.requests(), server.unanswered()), (2, vec!["GET /meta".to_owned()]));
}

//! What the API answers: the REST and GraphQL queries that planning a release takes, from plain data.

use serde_json::{Value, json};

use super::hosted::{Hosted, HostedCommit};
use super::http::{Request, Response};

/// The answer to `request`, sent to the API at `address` (`http://127.0.0.1:80`); 404 for what planning doesn't need.
pub fn answer(hosted: &Hosted, address: &str, request: &Request) -> Response {
    let answered = match request.method.as_str() {
        "POST" if request.path.ends_with("/graphql") => graphql(hosted, &request.body),
        "GET" => rest(hosted, address, request),
        _ => None,
    };
    answered.unwrap_or_else(|| {
        let message = format!("{} {} is not served here", request.method, request.path);
        Response { status: 404, body: bytes(&json!({ "message": message })), link: None }
    })
}

fn fine(value: &Value) -> Response {
    Response { status: 200, body: bytes(value), link: None }
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// `/repos/{owner}/{repository}/...`; there is one repository, whatever it is called.
fn rest(hosted: &Hosted, address: &str, request: &Request) -> Option<Response> {
    let mut parts = request.path.trim_matches('/').splitn(4, '/');
    let (_, owner, name) = (parts.next().filter(|&part| part == "repos")?, parts.next()?, parts.next()?);
    let rest = parts.next().unwrap_or("");
    let known = |sha: &str| hosted.commits.iter().find(|commit| commit.sha == sha);
    Some(match rest.split('/').collect::<Vec<_>>()[..] {
        [""] => fine(&json!({ "name": name, "full_name": format!("{owner}/{name}"), "default_branch": hosted.branch })),
        ["git", "trees", ..] => fine(&tree(hosted)),
        ["git", "blobs", sha] => fine(&blob(sha, hosted.blobs.get(sha)?)),
        ["contents", ..] => {
            let path = rest.trim_start_matches("contents/");
            let entry = hosted.tree.iter().find(|entry| entry.path == path)?;
            fine(&blob(&entry.sha, hosted.blobs.get(&entry.sha)?))
        }
        ["commits", sha] => fine(&json!({ "sha": sha, "files": files(known(sha)?) })),
        ["pulls"] => fine(&json!([])),
        ["tags"] => tags(hosted, address, request),
        _ => return None,
    })
}

fn files(commit: &HostedCommit) -> Vec<Value> {
    commit.files.iter().map(|file| json!({ "filename": file })).collect()
}

fn tree(hosted: &Hosted) -> Value {
    let entry = |entry: &super::hosted::TreeEntry| json!({ "path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha });
    let sha = hosted.commits.first().map_or("", |commit| &commit.sha);
    json!({ "sha": sha, "truncated": false, "tree": hosted.tree.iter().map(entry).collect::<Vec<_>>() })
}

fn blob(sha: &str, content: &[u8]) -> Value {
    json!({ "sha": sha, "size": content.len(), "encoding": "base64", "content": base64(content) })
}

/// RFC 4648 with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |chunk: &[u8]| {
        let word = (0..3).fold(0_u32, |word, index| word << 8 | u32::from(chunk.get(index).copied().unwrap_or(0)));
        let digit = |index: usize| match index <= chunk.len() {
            true => char::from(DIGITS[(word >> (18 - 6 * index)) as usize & 63]),
            false => '=',
        };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    bytes.chunks(3).flat_map(encode).collect()
}

fn tags(hosted: &Hosted, address: &str, request: &Request) -> Response {
    let number = |name: &str, otherwise: usize| {
        let value = request.query.iter().find(|(own, _)| own == name).and_then(|(_, value)| value.parse().ok());
        value.unwrap_or(otherwise).max(1)
    };
    let (size, page) = (number("per_page", 30).min(100), number("page", 1));
    let shown = hosted.tags.iter().skip(size * (page - 1)).take(size);
    let tags: Vec<Value> = shown.map(|(name, sha)| json!({ "name": name, "commit": { "sha": sha } })).collect();
    let link = (size * page < hosted.tags.len())
        .then(|| format!("<{address}{}?per_page={size}&page={}>; rel=\"next\"", request.path, page + 1));
    Response { link, ..fine(&json!(tags)) }
}

/// The three queries of a plan, told apart by the connection they page through.
fn graphql(hosted: &Hosted, body: &[u8]) -> Option<Response> {
    let asked: Value = serde_json::from_slice(body).ok()?;
    let query = asked["query"].as_str()?;
    let variables = &asked["variables"];
    let page = Page {
        first: variables["num"].as_u64().unwrap_or(10) as usize,
        after: variables["cursor"].as_str().and_then(|cursor| cursor.parse().ok()).unwrap_or(0),
    };
    let repository = if query.contains("history(") {
        let history = page.of(&hosted.commits, |(index, commit)| commit_node(hosted, index, commit));
        let is_known = variables["targetBranch"].as_str().is_none_or(|branch| branch == hosted.branch);
        json!({ "ref": is_known.then(|| json!({ "target": { "history": history } })) })
    } else if query.contains("releases(") {
        json!({ "releases": page.of(&hosted.tags, |(_, tag)| release_node(tag)) })
    } else if query.contains("pullRequests(") {
        json!({ "pullRequests": { "nodes": [], "pageInfo": { "hasNextPage": false, "endCursor": null } } })
    } else {
        return None;
    };
    Some(fine(&json!({ "data": { "repository": repository } })))
}

/// A page of a connection; a cursor is the number of items before it.
struct Page {
    first: usize,
    after: usize,
}

impl Page {
    fn of<T>(&self, all: &[T], node: impl Fn((usize, &T)) -> Value) -> Value {
        let nodes: Vec<Value> = all.iter().enumerate().skip(self.after).take(self.first).map(node).collect();
        let end = self.after + nodes.len();
        json!({ "nodes": nodes, "pageInfo": { "hasNextPage": end < all.len(), "endCursor": end.to_string() } })
    }
}

/// A commit that is the squash merge of a pull request of its own.
fn commit_node(hosted: &Hosted, index: usize, commit: &HostedCommit) -> Value {
    let title = commit.message.lines().next().unwrap_or("");
    let number = hosted.commits.len() - index;
    let paths: Vec<Value> = commit.files.iter().map(|file| json!({ "path": file })).collect();
    let pull_request = json!({
        "number": number, "title": title, "body": "", "baseRefName": hosted.branch,
        "headRefName": format!("change-{number}"), "labels": { "nodes": [] }, "mergeCommit": { "oid": commit.sha },
        "files": { "nodes": paths, "pageInfo": { "hasNextPage": false, "endCursor": null } },
    });
    json!({
        "sha": commit.sha, "message": commit.message, "associatedPullRequests": { "nodes": [pull_request] },
        "author": { "name": commit.author_name, "email": commit.author_email, "user": null },
    })
}

fn release_node((name, sha): &(String, String)) -> Value {
    json!({
        "name": name, "tag": { "name": name }, "tagCommit": { "oid": sha }, "url": "", "description": "", "isDraft": false,
    })
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;

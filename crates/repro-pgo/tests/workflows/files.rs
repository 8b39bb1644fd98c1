//! A file that a step reads was written by a command before it: followed from the command through the artefact to the reader.

use yaml_serde::Value;

use super::artefacts::{alternatives, is_left, with_called};
use super::workflow::{Job, Workflow, read};

/// A command, the option that names its folder, and the files it writes there. A star stands for the release's name.
struct Writer {
    command: &'static str,
    option: &'static str,
    files: Vec<String>,
}

/// What this repository's commands write, by the names the driver itself has for it.
fn writers() -> Vec<Writer> {
    use repro_pgo::gates::{merge as merge_gate, ship::run as gate};
    assert!(read("nix/packages/hashes.nix").contains("\"$out/hashes.json\""), "pgo-hashes writes another file");
    let owned = |files: &[&str]| files.iter().map(|&file| file.to_owned()).collect();
    let gate_report = format!("*.{}", gate::MARKDOWN);
    vec![
        Writer { command: "--package planner-bench", option: "--report", files: owned(&["peers.md", "peers.json"]) },
        Writer {
            command: "#gate-merge",
            option: "--output",
            files: owned(&[merge_gate::MARKDOWN, merge_gate::VERDICT]),
        },
        Writer { command: ".#pgo-hashes --", option: "--out-link", files: owned(&["hashes.json"]) },
        Writer { command: "release collect", option: "--output", files: owned(&["SHA256SUMS", &gate_report]) },
    ]
}

/// What is read and never written.
pub fn problems(workflows: &[&Workflow]) -> Vec<String> {
    let mut problems = Vec::new();
    for workflow in workflows {
        let all = with_called(workflow, workflows);
        let jobs: Vec<Job<'_>> = all.iter().flat_map(|workflow| workflow.jobs()).collect();
        for path in workflow.jobs().iter().flat_map(|job| lost(job, &jobs)) {
            problems.push(format!("{}: {path} is written by no command before", workflow.name));
        }
    }
    problems
}

/// The paths below a folder of results that a job's commands name and that are not there.
fn lost(job: &Job<'_>, jobs: &[Job<'_>]) -> Vec<String> {
    let there: Vec<String> = written(job).into_iter().chain(fetched(job, jobs)).collect();
    let folders: Vec<String> = job
        .steps_with("actions/download-artifact")
        .filter_map(|step| step["with"]["path"].as_str().map(str::to_owned))
        .chain(writers().iter().flat_map(|writer| folders_of(job, writer)))
        .collect();
    let words = job.commands().into_iter().flat_map(|command| {
        let words = command.split(' ').map(|word| word.trim_matches(['"', '>']).to_owned());
        words.collect::<Vec<_>>()
    });
    let named = words.filter(|word| folders.iter().any(|folder| word.starts_with(&format!("{folder}/"))));
    named.filter(|path| !there.iter().any(|file| is_same(file, path))).collect()
}

/// The folders that a job lets a command write into.
fn folders_of(job: &Job<'_>, writer: &Writer) -> Vec<String> {
    let commands = job.commands().into_iter().filter(|command| command.contains(writer.command));
    let folder = |command: String| {
        let (_, rest) = command.split_once(&format!("{} ", writer.option))?;
        Some(rest.split(' ').next().unwrap_or_default().to_owned())
    };
    commands.filter_map(folder).collect()
}

/// The files that a job's commands leave.
fn written(job: &Job<'_>) -> Vec<String> {
    let mut files = Vec::new();
    for writer in writers() {
        for folder in folders_of(job, &writer) {
            files.extend(writer.files.iter().map(|file| format!("{folder}/{file}")));
        }
    }
    files
}

/// The files that arrive in a job with the artefacts it fetches; in a folder for each where a pattern names several.
fn fetched(job: &Job<'_>, jobs: &[Job<'_>]) -> Vec<String> {
    let mut files = Vec::new();
    for step in job.steps_with("actions/download-artifact") {
        let Some(to) = step["with"]["path"].as_str() else { continue };
        let pattern = step["with"]["pattern"].as_str().map(alternatives);
        let wanted =
            pattern.clone().unwrap_or_else(|| step["with"]["name"].as_str().map(str::to_owned).into_iter().collect());
        for (name, file) in jobs.iter().flat_map(uploaded) {
            if wanted.iter().any(|wanted| is_left(wanted, std::slice::from_ref(&name))) {
                let folder = if pattern.is_some() { format!("{to}/{name}") } else { to.to_owned() };
                files.push(format!("{folder}/{file}"));
            }
        }
    }
    files
}

/// The artefacts a job leaves: each file with the artefact's name.
fn uploaded(job: &Job<'_>) -> Vec<(String, String)> {
    let written = written(job);
    let of = |step: &Value| {
        let with = &step["with"];
        let (name, path) = (with["name"].as_str().unwrap_or_default(), with["path"].as_str().unwrap_or_default());
        let folder = format!("{}/", path.trim_end_matches("/*"));
        let files = written.iter().filter_map(|file| file.strip_prefix(&folder));
        files.map(|file| (name.to_owned(), file.to_owned())).collect::<Vec<_>>()
    };
    job.steps_with("actions/upload-artifact").flat_map(of).collect()
}

/// Is the path in a command that file? A star in the file stands for any text, one at the path's end for all files.
fn is_same(file: &str, path: &str) -> bool {
    if let Some(folder) = path.strip_suffix('*') {
        return file.starts_with(folder);
    }
    match file.split_once('*') {
        Some((start, end)) => path.starts_with(start) && path.ends_with(end),
        None => file == path,
    }
}

//! What must hold for the workflows in `.github/workflows`: parsed, checked by rule, and each rule shown to notice its fault.

mod actions;
mod artefacts;
mod commands;
mod exit_codes;
mod faults;
mod limits;
mod permissions;
mod release;
mod secrets;
mod variables;
mod workflow;

use workflow::Workflow;

/// Everything that is wrong with both workflows.
fn problems(ci: &Workflow, release: &Workflow) -> Vec<String> {
    let each: [fn(&Workflow) -> Vec<String>; 8] = [
        actions::problems,
        artefacts::problems,
        commands::problems,
        exit_codes::problems,
        limits::problems,
        permissions::problems,
        secrets::problems,
        variables::problems,
    ];
    let of = |workflow| each.iter().flat_map(move |rule| rule(workflow));
    of(ci).chain(of(release)).chain(release::problems(release)).collect()
}

#[test]
fn the_workflows_are_as_they_must_be() {
    assert_eq!(problems(&Workflow::ci(), &Workflow::release()), Vec::<String>::new());
}

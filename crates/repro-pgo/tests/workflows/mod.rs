//! What must hold for the workflows in `.github/workflows`: parsed, checked by rule, and each rule shown to notice its fault.

mod actions;
mod artefacts;
mod commands;
mod exit_codes;
mod faults;
mod files;
mod first_day;
mod judge;
mod limits;
mod permissions;
mod release;
mod secrets;
mod variables;
mod workflow;

use workflow::Workflow;

/// Everything that is wrong with the workflows.
fn problems(ci: &Workflow, release: &Workflow, targets: &Workflow) -> Vec<String> {
    let each: [fn(&Workflow) -> Vec<String>; 8] = [
        actions::problems,
        commands::problems,
        exit_codes::problems,
        first_day::problems,
        limits::problems,
        permissions::problems,
        secrets::problems,
        variables::problems,
    ];
    let all = [ci, release, targets];
    let of_each = all.into_iter().flat_map(|workflow| each.iter().flat_map(move |rule| rule(workflow)));
    let of_all =
        [artefacts::problems(&all), files::problems(&all), judge::problems(ci), release::problems(release, targets)];
    of_each.chain(of_all.into_iter().flatten()).collect()
}

#[test]
fn the_workflows_are_as_they_must_be() {
    assert_eq!(problems(&Workflow::ci(), &Workflow::release(), &Workflow::targets()), Vec::<String>::new());
}

//! What the release of one package would take along: a plan in which that package alone has commits.

use super::PlanError;
use super::decide::plan;
use super::inputs::{PackageState, PlanContext};
use super::model::{Label, Plan, Release};
use super::order::DependencyGraph;
use super::propagation::propagate;
use crate::commit::Bump;
use crate::config::Config;

/// What moves if one package does.
#[derive(Debug, PartialEq, Eq)]
pub struct Impact {
    /// The package that is assumed to move.
    pub seed: String,
    /// How far.
    pub bump: Bump,
    /// Every package that would be released, the seed first unless its strategy leaves its version as it is.
    pub moves: Vec<Move>,
}

/// One package that would be released.
#[derive(Debug, PartialEq, Eq)]
pub struct Move {
    /// Index of the package in the configuration.
    pub package: usize,
    /// Its name.
    pub name: String,
    /// How far its dependencies move it; none for a member of a group.
    pub bump: Bump,
    /// The version it has now.
    pub current: String,
    /// The version it would get; `None` when a version command decides.
    pub next: Option<String>,
    /// Why it would be released.
    pub joined: Joined,
    /// How many dependencies lie between it and the seed.
    pub depth: u32,
    /// Its dependencies that would move it, in the order it lists them.
    pub through: Vec<String>,
}

/// Why a package would be released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// It is the one that is assumed to move.
    Seed,
    /// It shares its version with one that moves.
    Group,
    /// It depends on one that moves.
    Dependency,
}

/// Plans as if `seed` alone had commits, which ask for `bump`. `states` are of packages without commits.
///
/// # Errors
/// As for [`plan`].
pub fn impact(
    config: &Config,
    states: &[PackageState],
    seed: usize,
    bump: Bump,
    context: &dyn PlanContext,
) -> Result<Impact, PlanError> {
    let mut states = states.to_vec();
    // Any index will do: a plan counts commits and hands them on without looking at them.
    states[seed] = PackageState { touched: true, commits: vec![0], bump, ..states[seed].clone() };
    let plan = plan(config, &states, None, context)?;
    let distances = propagate(&DependencyGraph::new(&config.package)?, &bumps(&states)).distances;
    let mut moves: Vec<Move> = plan.releases.iter().map(|release| a_move(release, seed, &plan, &distances)).collect();
    moves.sort_by_key(|moved| moved.joined != Joined::Seed);
    Ok(Impact { seed: config.package[seed].name.clone(), bump, moves })
}

fn bumps(states: &[PackageState]) -> Vec<Bump> {
    states.iter().map(|state| state.bump).collect()
}

fn a_move(release: &Release, seed: usize, plan: &Plan, distances: &[u32]) -> Move {
    let joined = match release.label {
        _ if release.package == seed => Joined::Seed,
        Label::Linked | Label::Fixed => Joined::Group,
        Label::Level(_) | Label::Strategy(_) | Label::Forced => Joined::Dependency,
    };
    let by_dependency = joined == Joined::Dependency;
    Move {
        package: release.package,
        name: release.name.clone(),
        bump: if joined == Joined::Group { Bump::None } else { plan.levels[release.package] },
        current: release.current.clone(),
        next: release.next.clone(),
        joined,
        depth: if by_dependency { distances[release.package] } else { 0 },
        through: release.caused_by.clone(),
    }
}

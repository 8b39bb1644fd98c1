//! Turns what is known of every package into the plan: who moves of its own, who is taken along, who stays.

use super::PlanError;
use super::groups::{Group, groups};
use super::inputs::{PackageState, PlanContext};
use super::model::{FloatingTag, Label, Plan, Release, SkipReason, Skipped};
use super::order::DependencyGraph;
use super::package_status::PackageStatus;
use super::propagation::{Propagation, propagate};
use crate::commit::Bump;
use crate::config::{Config, Package, PrereleaseIdentifier, Versioning};
use crate::version::{self, Prerelease, SourceKind, VersionError};

/// Decides for every package of `config`, given what the history says of it (`states`, in configuration order).
///
/// # Errors
/// A dependency cycle, groups that contradict each other, or a version that its strategy can't continue.
pub fn plan(
    config: &Config,
    states: &[PackageState],
    channel: Option<&Prerelease>,
    context: &dyn PlanContext,
) -> Result<Plan, PlanError> {
    let planner = Planner { config, states, channel, context };
    let graph = DependencyGraph::new(&config.package)?;
    let groups = groups(config)?;
    let mut plan = Plan { order: graph.order.clone(), ..Plan::default() };
    let own = planner.own_bumps(&graph.order, &mut plan.skipped);
    let propagation = propagate(&graph, &own.iter().map(|own| own.bump_to_pass_on()).collect::<Vec<_>>());
    planner.add_direct(&graph.order, &own, &propagation, &mut plan)?;
    for group in &groups {
        planner.align_group(group, &propagation, &mut plan)?;
    }
    plan.sort_by_order();
    planner.add_reached(&propagation, &mut plan)?;
    plan.levels = propagation.levels;
    Ok(plan)
}

/// What in `config` keeps any plan from being made, whatever the history says.
pub fn contradiction(config: &Config) -> Option<PlanError> {
    let cycle = DependencyGraph::new(&config.package).err().map(PlanError::from);
    cycle.or_else(|| groups(config).err().map(PlanError::from))
}

/// What a package would do if it were alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Stays,
    Moves(Bump),
}

impl Own {
    fn bump_to_pass_on(self) -> Bump {
        match self {
            Self::Stays => Bump::None,
            Self::Moves(bump) => bump,
        }
    }
}

struct Planner<'a> {
    config: &'a Config,
    states: &'a [PackageState],
    channel: Option<&'a Prerelease>,
    context: &'a dyn PlanContext,
}

impl Planner<'_> {
    fn own_bumps(&self, order: &[usize], skipped: &mut Vec<Skipped>) -> Vec<Own> {
        let mut own = vec![Own::Stays; self.states.len()];
        for &package in order {
            match self.own_bump(package) {
                Ok(bump) => own[package] = Own::Moves(bump),
                Err(reason) => skipped.push(self.skipped(package, reason)),
            }
        }
        own
    }

    fn own_bump(&self, package: usize) -> Result<Bump, SkipReason> {
        let state = &self.states[package];
        if state.excluded {
            Err(SkipReason::Excluded)
        } else if state.forced.is_some() {
            // The level is the version's own; dependents don't hear of it.
            Ok(Bump::None)
        } else if !state.touched {
            Err(SkipReason::NotTouched)
        } else if state.asked.is_some() {
            Ok(state.bump)
        } else if state.commits.is_empty() {
            Err(SkipReason::NoNewCommits)
        } else if !self.status(package).has_releasable_commits() {
            Err(SkipReason::NoReleasableCommits)
        } else {
            Ok(state.bump)
        }
    }

    fn add_direct(
        &self,
        order: &[usize],
        own: &[Own],
        propagation: &Propagation,
        plan: &mut Plan,
    ) -> Result<(), PlanError> {
        for &package in order.iter().filter(|&&package| own[package] != Own::Stays) {
            let bump = propagation.levels[package];
            let (current, origin) = self.current(package);
            let Some(release) = self.release(package, bump, current.clone(), origin, self.label(package, bump))? else {
                plan.skipped.push(self.skipped(package, SkipReason::VersionUnchanged { version: current }));
                continue;
            };
            let commits = self.states[package].commits.clone();
            plan.releases.push(Release { commits, ..release });
        }
        Ok(())
    }

    /// Gives the members of a moving group the highest version that one of them gets, which is above what any of them has.
    fn align_group(&self, group: &Group, propagation: &Propagation, plan: &mut Plan) -> Result<(), PlanError> {
        let of_member = |release: &&mut Release| group.members.contains(&release.package);
        let highest = plan
            .releases
            .iter_mut()
            .filter(of_member)
            .filter_map(|release| Some((release.next.clone()?, release.package)))
            .max_by(|(left, _), (right, _)| version::compare_versions(left, right));
        let Some((highest, leader)) = highest else { return Ok(()) };
        let mut joining: Vec<usize> = group.members.clone();
        joining.retain(|&member| {
            !self.states[member].excluded && !plan.releases.iter().any(|release| release.package == member)
        });
        joining.sort_unstable();
        let highest = self.above_all(&joining, highest, leader)?;
        for release in plan.releases.iter_mut().filter(of_member).filter(|release| release.next.is_some()) {
            release.aligned = release.next.as_ref() != Some(&highest);
            self.set_version(release, &highest);
        }
        let moves_all = group.label == Label::Fixed || self.config.workspace.linked_moves_all;
        for member in joining.into_iter().filter(|member| moves_all || propagation.reached.contains(member)) {
            plan.releases.push(self.joining(member, group.label, &highest));
        }
        Ok(())
    }

    /// `highest`, the next version of `leader`, or what follows the version of a joining member that is above it.
    fn above_all(&self, joining: &[usize], highest: String, leader: usize) -> Result<String, PlanError> {
        let current = |&member: &usize| Some((self.joining_version(member)?, member));
        let above = joining
            .iter()
            .filter_map(current)
            .filter(|(version, _)| !version::compare_versions(&highest, version).is_gt());
        let Some((current, member)) = above.max_by(|(left, _), (right, _)| version::compare_versions(left, right))
        else {
            return Ok(highest);
        };
        let bump = self.states[leader].bump.max(Bump::Patch);
        let next = self.next(member, bump, &current).map_err(|source| self.refused(member, source))?;
        Ok(next.unwrap_or(highest))
    }

    /// The version that a member has which only its group moves.
    fn joining_version(&self, package: usize) -> Option<String> {
        let chosen = self.status(package).current(self.context.file_version(package));
        (chosen.source != SourceKind::Bootstrap).then_some(chosen.version)
    }

    fn joining(&self, package: usize, label: Label, highest: &str) -> Release {
        let (current, origin) = self.current_of_reached(package).unzip();
        let mut release = self.blank(package, current.unwrap_or_else(|| highest.to_owned()), origin, label);
        self.set_version(&mut release, highest);
        release
    }

    /// Packages that move because of their dependencies.
    fn add_reached(&self, propagation: &Propagation, plan: &mut Plan) -> Result<(), PlanError> {
        let mut released = vec![false; self.states.len()];
        for release in &plan.releases {
            released[release.package] = true;
        }
        let may_move = |&&package: &&usize| !released[package] && !self.states[package].excluded;
        for &package in propagation.reached.iter().filter(may_move) {
            let Some((current, origin)) = self.current_of_reached(package) else { continue };
            let bump = propagation.levels[package];
            match self.release(package, bump, current, Some(origin), Label::Level(bump)) {
                Ok(Some(release)) => {
                    let name = |&cause: &usize| self.config.package[cause].name.clone();
                    let caused_by = propagation.causes[package].iter().map(name).collect();
                    plan.releases.push(Release { caused_by, ..release });
                }
                Ok(None) => {}
                // Nothing of its own asks for a release, so that one bad version doesn't stop all others.
                Err(PlanError::Version { source, .. }) => {
                    let problem = source.to_string();
                    plan.skipped.retain(|skipped| skipped.package != package);
                    plan.skipped.push(self.skipped(package, SkipReason::CannotFollow { problem }));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// The release that moves `package` by `bump`, or `None` if its version stays the same.
    fn release(
        &self,
        package: usize,
        bump: Bump,
        current: String,
        origin: Option<SourceKind>,
        label: Label,
    ) -> Result<Option<Release>, PlanError> {
        let mut release = self.blank(package, current, origin, label);
        if let Some(forced) = &self.states[package].forced {
            release.channel = None;
            if !self.states[package].allow_downgrade && version::compare_versions(forced, &release.current).is_lt() {
                let (current, forced) = (release.current, forced.clone());
                return Err(self.refused(package, VersionError::Downgrade { current, forced }));
            }
            self.set_version(&mut release, forced);
            return Ok((*forced != release.current).then_some(release));
        }
        if self.config.decides_by_command(package) {
            return Ok(Some(release));
        }
        let current = release.current.clone();
        let next = self.next(package, bump, &current).map_err(|source| self.refused(package, source))?;
        let Some(next) = next else { return Ok(None) };
        self.set_version(&mut release, &next);
        Ok(Some(release))
    }

    /// The version that follows `current`; `None` if that is `current`.
    fn next(&self, package: usize, bump: Bump, current: &str) -> Result<Option<String>, VersionError> {
        let state = &self.states[package];
        let base = match &state.asked {
            Some(asked) if version::compare_versions(&asked.version, current).is_gt() => asked.version.clone(),
            Some(asked) => {
                let (commit, asked) = (asked.commit.clone(), asked.version.clone());
                return Err(VersionError::AskedBelow { commit, asked, current: current.to_owned() });
            }
            None => {
                let released = state.highest_tag.as_ref().map(|tag| tag.version.as_str());
                let position = version::Position { current, released };
                let next =
                    version::next_version(self.strategy(package), self.template(package), position, bump, || {
                        self.context.today()
                    })?;
                if next == current { next } else { self.at_least_announced(package, next) }
            }
        };
        if base == current {
            return Ok(None);
        }
        let Some(channel) = self.channel.filter(|_| !version::is_prerelease(&base)) else { return Ok(Some(base)) };
        let next = self.context.prerelease(package, &base, channel, current)?;
        // Hashes have no order.
        let ordered = channel.identifier != PrereleaseIdentifier::ShortHash;
        if ordered && !version::compare_versions(&next, current).is_gt() {
            return Err(VersionError::NotAbove { current: current.to_owned(), next });
        }
        Ok(Some(next))
    }

    fn at_least_announced(&self, package: usize, next: String) -> String {
        let is_semantic = self.template(package).is_none()
            && matches!(self.strategy(package), Versioning::Semver | Versioning::Zerover);
        let announced = self.states[package].candidate.as_ref().filter(|_| is_semantic || self.channel.is_some());
        let announced = announced.map(|candidate| &candidate.leads_to);
        match announced.filter(|announced| version::compare_versions(announced, &next).is_gt()) {
            Some(announced) => announced.clone(),
            None => next,
        }
    }

    fn blank(&self, package: usize, current: String, origin: Option<SourceKind>, label: Label) -> Release {
        Release {
            package,
            name: self.config.package[package].name.clone(),
            current,
            next: None,
            tag: None,
            tag_exists: false,
            label,
            origin,
            caused_by: Vec::new(),
            channel: self.channel.map(|channel| channel.channel.clone()),
            commits: Vec::new(),
            aligned: false,
            floating: Vec::new(),
        }
    }

    fn set_version(&self, release: &mut Release, next: &str) {
        release.next = Some(next.to_owned());
        let tag = self.states[release.package].tag_template.render(next);
        release.tag_exists = self.context.is_tagged(release.package, &tag);
        release.tag = Some(tag);
        let is_stable = release.channel.is_none() && !version::is_prerelease(next);
        release.floating = if is_stable { self.floating(release.package, next) } else { Vec::new() };
    }

    fn floating(&self, package: usize, next: &str) -> Vec<FloatingTag> {
        let declared = self.package(package);
        let levels = declared.floating_tags.as_ref().unwrap_or(&self.config.workspace.floating_tags);
        let tag = |truncated: &str| {
            let name = self.states[package].tag_template.render(truncated);
            FloatingTag { exists: self.context.tag_exists(&name), name }
        };
        levels.iter().filter_map(|&level| version::floating_version(next, level)).map(tag).collect()
    }

    fn current(&self, package: usize) -> (String, Option<SourceKind>) {
        let chosen = self.status(package).current(self.context.file_version(package));
        (chosen.version, Some(chosen.source))
    }

    /// As [`Self::current`], but nothing for a package without any version; one in a file that is as high as the tag's counts
    /// as the file's.
    fn current_of_reached(&self, package: usize) -> Option<(String, SourceKind)> {
        let file = self.context.file_version(package);
        let chosen = self.status(package).current(file.clone());
        match chosen.source {
            SourceKind::Bootstrap => None,
            _ if file.as_ref() == Some(&chosen.version) => Some((chosen.version, self.file_origin(package))),
            source => Some((chosen.version, source)),
        }
    }

    fn file_origin(&self, package: usize) -> SourceKind {
        SourceKind::File { file: self.status(package).first_file() }
    }

    fn refused(&self, package: usize, source: VersionError) -> PlanError {
        PlanError::Version { package: self.package(package).name.clone(), source }
    }

    fn label(&self, package: usize, bump: Bump) -> Label {
        match self.strategy(package) {
            _ if self.states[package].forced.is_some() || self.states[package].asked.is_some() => Label::Forced,
            Versioning::Semver | Versioning::Zerover => Label::Level(bump),
            counted => Label::Strategy(counted),
        }
    }

    fn skipped(&self, package: usize, reason: SkipReason) -> Skipped {
        Skipped { package, name: self.package(package).name.clone(), reason }
    }

    fn package(&self, package: usize) -> &Package {
        &self.config.package[package]
    }

    fn status(&self, package: usize) -> PackageStatus<'_> {
        PackageStatus::new(self.config, package, &self.states[package])
    }

    fn strategy(&self, package: usize) -> Versioning {
        self.status(package).strategy()
    }

    fn template(&self, package: usize) -> Option<&str> {
        self.status(package).template()
    }
}

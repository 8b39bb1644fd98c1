//! One configuration out of what all build tools declare and how releases were tagged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::member::{Doubt, Member};
use super::tag_style::{self, Group, Names, Style, TagGroups, compare};
use super::{Search, listed};
use crate::config::{Config, Dependency, NestedPackages, Package, VersionFileFormat, VersionedFile, Versioning};
use crate::plan::DependencyGraph;
use crate::version_files;

/// A package, and what speaks for it.
struct Unit<'a> {
    package: Package,
    needs: Vec<String>,
    names: Names,
    doubt: Option<Doubt>,
    /// Whether it shares one version with all that say so.
    fixed: bool,
    /// The version that its first file carries.
    version: Option<String>,
    /// How its tags name it, and the highest version tagged so.
    style: Option<(Style, &'a str)>,
    /// How many are tagged so.
    tags: usize,
    /// How its tags will be named if none is there yet.
    expected: Option<String>,
}

impl Unit<'_> {
    fn is_below_one(&self) -> bool {
        let tagged = self.style.as_ref().map(|(_, top)| *top);
        let mut versions = self.version.as_deref().into_iter().chain(tagged).peekable();
        versions.peek().is_some() && versions.all(|version| version.starts_with("0."))
    }
}

/// Members in one folder become one package; doubtful ones without tags are left out; what shares a version file or is tagged
/// together becomes a fixed group; circles are opened.
pub(super) fn merge(search: &Search<'_>, members: Vec<Member>, tags: &[String], notes: &mut Vec<String>) -> Config {
    let groups = TagGroups::new(tags);
    let mut units = units(search.root, members, notes);
    choose_styles(&mut units, &groups);
    forget_strays(&mut units, &groups, notes);
    leave_out(&mut units, notes);
    note_without_file(&units, notes);
    name_apart(&mut units);
    let mut config = Config::default();
    let fixed = name_tags(search, &mut units, &groups, &mut config, notes);
    let below_one: BTreeSet<String> =
        units.iter().filter(|unit| unit.is_below_one()).map(|unit| unit.package.name.clone()).collect();
    let names: BTreeMap<String, String> =
        units.iter().map(|unit| (unit.package.path.clone(), unit.package.name.clone())).collect();
    for Unit { mut package, needs, .. } in units {
        let needed: BTreeSet<&String> = needs.iter().filter_map(|path| names.get(path)).collect();
        let others = needed.iter().filter(|name| ***name != package.name);
        package.depends_on = others.map(|name| Dependency::named(name)).collect();
        config.package.push(package);
    }
    keep_below_one(&mut config, &below_one, notes);
    open_circles(&mut config, notes);
    config.workspace.fixed = fixed;
    if config.package.len() > 1 && config.package.iter().any(|package| package.path == ".") {
        config.workspace.nested_packages = NestedPackages::Exclusive;
    }
    config
}

/// One unit a folder.
fn units<'a>(root: &Path, members: Vec<Member>, notes: &mut Vec<String>) -> Vec<Unit<'a>> {
    let mut units: Vec<Unit<'a>> = Vec::new();
    for member in members {
        match units.iter_mut().find(|unit| unit.package.path == member.path) {
            Some(unit) => {
                unit.needs.extend(member.needs);
                unit.doubt = unit.doubt.min(member.doubt);
                for file in member.files {
                    if agrees(root, &unit.package, &file, notes) {
                        unit.package.versioned_files.push(file);
                    }
                }
            }
            None => units.push(unit(member)),
        }
    }
    for unit in &mut units {
        let first = unit.package.versioned_files.first();
        unit.version = first.and_then(|file| version_files::read_version(root, file).ok());
    }
    units
}

fn unit<'a>(member: Member) -> Unit<'a> {
    Unit {
        names: Names::new(&member.name, &member.path, &member.also_called),
        package: Package {
            name: member.name,
            path: member.path,
            versioned_files: member.files,
            tag_template: member.tag_template,
            versioning: member.stays_below_one.then_some(Versioning::Zerover),
            ..Package::default()
        },
        needs: member.needs,
        doubt: member.doubt,
        fixed: member.fixed,
        version: None,
        style: None,
        tags: 0,
        expected: member.expected_template,
    }
}

/// Whether `file` carries the version that the package has already.
fn agrees(root: &Path, package: &Package, file: &VersionedFile, notes: &mut Vec<String>) -> bool {
    let Some(first) = package.versioned_files.first() else { return true };
    let is_tagged = file.format == VersionFileFormat::GoMod;
    let version = |file| version_files::read_version(root, file).ok();
    let agrees = is_tagged || version(first) == version(file);
    if !agrees {
        notes.push(format!("{} and {} have different versions; only the first is listed", first.path, file.path));
    }
    agrees
}

/// Each package's style is the one of its highest tag; of two the one that more packages have.
fn choose_styles<'a>(units: &mut [Unit<'a>], groups: &TagGroups<'a>) {
    let candidates: Vec<Vec<(Style, Group<'_>)>> = units.iter().map(|unit| groups.styles(&unit.names)).collect();
    let mut popularity: BTreeMap<&Style, usize> = BTreeMap::new();
    for (style, _) in candidates.iter().flatten() {
        *popularity.entry(style).or_default() += 1;
    }
    for (unit, candidates) in units.iter_mut().zip(&candidates) {
        let best = tag_style::without_strays(candidates, unit.version.as_deref()).max_by(|left, right| {
            let by_version = compare(left.1.top, right.1.top);
            by_version.then_with(|| popularity[&left.0].cmp(&popularity[&right.0])).then_with(|| right.0.cmp(&left.0))
        });
        unit.style = best.map(|(style, group)| (style.clone(), group.top));
        unit.tags = best.map_or(0, |(_, group)| group.count);
    }
}

/// Forgets the few tags that name packages where more and higher ones name none, and the packages are at versions of those.
fn forget_strays(units: &mut [Unit<'_>], groups: &TagGroups<'_>, notes: &mut Vec<String>) {
    let Some((prefix, shared)) = groups.without_name(None) else { return };
    let own: usize = units.iter().map(|unit| unit.tags).sum();
    let is_shared = |unit: &Unit<'_>| {
        let Some((_, top)) = unit.style else { return true };
        let follows =
            |version: &str| version == shared.top || (line(version) == line(shared.top) && line(version) != line(top));
        compare(shared.top, top).is_gt() && unit.version.as_deref().is_some_and(follows)
    };
    if own == 0 || own >= shared.count || !units.iter().all(is_shared) {
        return;
    }
    let strays: Vec<String> = units
        .iter_mut()
        .filter_map(|unit| {
            let (style, top) = unit.style.take()?;
            Some(style.template(&unit.names).replace("{name}", &unit.package.name).replace("{version}", top))
        })
        .collect();
    notes.push(format!(
        "{} tags are named {}, up to {prefix}{}, so the few that name packages are passed over: {}",
        shared.count,
        tag_style::template(prefix),
        shared.top,
        listed(&strays)
    ));
}

/// Takes out the doubtful packages that no tag names, and says so, unless nothing else is there.
fn leave_out(units: &mut Vec<Unit<'_>>, notes: &mut Vec<String>) {
    let is_kept = |unit: &Unit<'_>| unit.doubt.is_none() || unit.style.is_some();
    if !units.iter().any(is_kept) {
        let least = units.iter().filter_map(|unit| unit.doubt).min();
        // A root without a version is a package by its tags; several are none.
        let is_kept =
            |unit: &Unit<'_>| unit.doubt == least && (least != Some(Doubt::NoVersion) || unit.package.path == ".");
        note_left_out(units, is_kept, notes);
        units.retain(is_kept);
        return;
    }
    note_left_out(units, is_kept, notes);
    units.retain(is_kept);
}

fn note_left_out(units: &[Unit<'_>], is_kept: impl Fn(&Unit<'_>) -> bool, notes: &mut Vec<String>) {
    let mut left_out: BTreeMap<Doubt, Vec<String>> = BTreeMap::new();
    for unit in units.iter().filter(|unit| !is_kept(unit)) {
        let named = format!("{} ({})", unit.package.name, unit.package.path);
        left_out.entry(unit.doubt.unwrap_or(Doubt::NoVersion)).or_default().push(named);
    }
    for (doubt, names) in left_out {
        notes.push(format!("left out ({}): {}", doubt.reason(), listed(&names)));
    }
}

/// Says which packages have no file with a version.
fn note_without_file(units: &[Unit<'_>], notes: &mut Vec<String>) {
    let without = units.iter().filter(|unit| unit.package.versioned_files.is_empty());
    let named: Vec<String> = without.map(|unit| format!("{} ({})", unit.package.name, unit.package.path)).collect();
    if !named.is_empty() {
        notes
            .push(format!("no file that relplan reads has a version of these, so their tags tell: {}", listed(&named)));
    }
}

/// Gives packages of the same name the names of their folders.
fn name_apart(units: &mut [Unit<'_>]) {
    let mut taken = BTreeSet::new();
    for Unit { package, .. } in units {
        let mut name = package.name.clone();
        if taken.contains(&name) {
            name = package.path.clone();
        }
        while !taken.insert(name.clone()) {
            name.push('-');
        }
        package.name = name;
    }
}

/// Writes down how tags are named, and returns the groups that share a version.
fn name_tags(
    search: &Search<'_>,
    units: &mut [Unit<'_>],
    groups: &TagGroups<'_>,
    config: &mut Config,
    notes: &mut Vec<String>,
) -> Vec<Vec<String>> {
    if let [only] = units {
        only.package.tag_template = None;
        let tagged = tag_style::of_only(&only.names.clone().and(search.name), only.version.as_deref(), groups);
        let template = tagged.or_else(|| only.expected.clone());
        config.workspace.tag_template = template.filter(|template| template != tag_style::DEFAULT_OF_ONE);
        return Vec::new();
    }
    let together = together(units, groups);
    let shared = groups
        .without_name(None)
        .or_else(|| groups.commonest().filter(|_| units.iter().all(|unit| unit.style.is_none())));
    let mut fixed = Vec::new();
    let mut named: Vec<usize> =
        (0..units.len()).filter(|index| !together.iter().flatten().any(|it| it == index)).collect();
    for group in &together {
        let names: Vec<String> = group.iter().map(|&index| units[index].package.name.clone()).collect();
        let tagged = group.iter().filter(|&&index| units[index].style.is_some()).count();
        let own_top = group
            .iter()
            .filter_map(|&index| units[index].style.as_ref())
            .map(|(_, top)| *top)
            .max_by(|left, right| compare(left, right));
        let shared = shared.filter(|(_, shared)| own_top.is_none_or(|own| compare(shared.top, own).is_gt()));
        let template = match (shared, tagged) {
            (Some((prefix, _)), _) => Some(tag_style::template(prefix)),
            (None, 0) if group.iter().any(|&index| units[index].fixed) => Some(tag_style::DEFAULT_OF_ONE.to_owned()),
            // Tags that name one of them are everybody's.
            (None, 1) => group.iter().find_map(|&index| {
                let unit = &units[index];
                let (style, _) = unit.style.as_ref()?;
                Some(style.template(&unit.names).replace("{name}", &unit.package.name))
            }),
            (None, _) => None,
        };
        match template {
            Some(template) => {
                group.iter().for_each(|&index| units[index].package.tag_template = Some(template.clone()))
            }
            None => named.extend(group),
        }
        fixed.push(names);
    }
    if let Some((template, members)) = in_steps(units, &named, groups) {
        members.iter().for_each(|&index| units[index].package.tag_template = Some(template.clone()));
        fixed.push(members.iter().map(|&index| units[index].package.name.clone()).collect());
        notes.push(format!(
            "tags name no package, so {} packages that share them are a fixed group and get one version, although \
             not all of them have the newest now",
            members.len()
        ));
        named.retain(|index| !members.contains(index));
    }
    name_each(units, &named, shared.map(|(prefix, group)| (prefix, group.top)), config, notes);
    settle(units, config);
    fixed
}

/// Which packages share one version: those of one version file, those that their build tool says so of, and where tags name no
/// package, those that have the version tagged last.
fn together(units: &[Unit<'_>], groups: &TagGroups<'_>) -> Vec<Vec<usize>> {
    let of = |wanted: &dyn Fn(&Unit<'_>) -> bool| -> Vec<usize> {
        (0..units.len()).filter(|&index| wanted(&units[index]) && units[index].package.tag_template.is_none()).collect()
    };
    let mut found: Vec<Vec<usize>> = vec![of(&|unit| unit.fixed)];
    let own_top = units
        .iter()
        .filter_map(|unit| unit.style.as_ref())
        .map(|(_, top)| *top)
        .max_by(|left, right| compare(left, right));
    if let Some((_, shared)) = groups.without_name(None).or_else(|| groups.commonest().filter(|_| own_top.is_none()))
        && own_top.is_none_or(|own| compare(shared.top, own).is_gt())
    {
        let group = of(&|unit| unit.version.as_deref().is_none_or(|version| version == shared.top));
        if group.len() > 1 && group.len() * 2 >= units.len() {
            found.push(group);
        }
    }
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        if let Some(file) = unit.package.versioned_files.first() {
            by_file.entry(&file.path).or_default().push(index);
        }
    }
    found.extend(by_file.into_values());
    joined(found, units.len())
}

/// The packages that share tags which name none of them although their versions differ: each has the version of the release
/// that changed it last.
fn in_steps(units: &[Unit<'_>], named: &[usize], groups: &TagGroups<'_>) -> Option<(String, Vec<usize>)> {
    let is_tagged_by_name =
        |unit: &Unit<'_>| unit.style.is_some() || unit.expected.is_some() || unit.package.path == ".";
    let (prefix, shared) = groups.without_name(None).filter(|_| !units.iter().any(is_tagged_by_name))?;
    let is_released = |index: &usize| {
        let version = units[*index].version.as_deref();
        version.is_some_and(|version| line(version) == line(shared.top) && compare(version, shared.top).is_le())
    };
    let members: Vec<usize> = named.iter().copied().filter(is_released).collect();
    let is_newest = |index: &usize| units[*index].version.as_deref() == Some(shared.top);
    let is_group = members.len() > 1 && members.iter().any(is_newest) && members.len() * 2 >= units.len();
    is_group.then(|| (tag_style::template(prefix), members))
}

/// The numbers that versions compatible with `version` begin with.
fn line(version: &str) -> &str {
    let minor = version.strip_prefix("0.").and_then(|rest| rest.find('.')).map(|end| end + 2);
    &version[..minor.or_else(|| version.find('.')).unwrap_or(version.len())]
}

/// Groups that overlap made one; those of a single package left out.
fn joined(groups: Vec<Vec<usize>>, count: usize) -> Vec<Vec<usize>> {
    let mut label: Vec<usize> = (0..count).collect();
    for group in groups {
        let Some(lowest) = group.iter().map(|&index| label[index]).min() else { continue };
        let merged: BTreeSet<usize> = group.iter().map(|&index| label[index]).collect();
        for mark in label.iter_mut().filter(|mark| merged.contains(mark)) {
            *mark = lowest;
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, mark) in label.into_iter().enumerate() {
        groups.entry(mark).or_default().push(index);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// Names the tags of packages that have their own: as each was tagged, and those never tagged as most others are.
fn name_each(
    units: &mut [Unit<'_>],
    named: &[usize],
    shared: Option<(&str, &str)>,
    config: &mut Config,
    notes: &mut Vec<String>,
) {
    let mut counts: BTreeMap<Style, usize> = BTreeMap::new();
    for (style, _) in named.iter().filter_map(|&index| units[index].style.as_ref()) {
        *counts.entry(style.clone()).or_default() += 1;
    }
    let usual = counts.into_iter().max_by(|left, right| left.1.cmp(&right.1).then_with(|| right.0.cmp(&left.0)));
    let usual = usual.map(|(style, _)| style);
    let mut untagged = Vec::new();
    for &index in named {
        let unit = &mut units[index];
        if unit.package.tag_template.is_some() {
            continue;
        }
        // Tags without a name are the root's, where others have tags of their own.
        let root = shared.filter(|(_, top)| {
            unit.package.path == "."
                && unit.style.is_none()
                && unit.version.as_deref().is_none_or(|version| compare(version, top).is_le())
        });
        let style = unit.style.as_ref().map(|(style, _)| style).or(usual.as_ref());
        let expected = unit.expected.clone().filter(|_| unit.style.is_none());
        unit.package.tag_template = match (root, expected, style) {
            (Some((prefix, _)), ..) => Some(tag_style::template(prefix)),
            (None, Some(expected), _) => Some(expected),
            (None, None, Some(style)) => Some(style.template(&unit.names)),
            (None, None, None) => None,
        };
        if unit.style.is_none() && root.is_none() && (usual.is_some() || shared.is_some()) {
            untagged.push(format!("{} ({})", unit.package.name, unit.package.path));
        }
    }
    if !untagged.is_empty() {
        notes.push(format!(
            "no tag names these, so that all their commits count until a release is tagged: {}",
            listed(&untagged)
        ));
    }
    config.workspace.tag_template = usual.as_ref().and_then(Style::template_of_names);
}

/// Says in the workspace what all or most packages say, and nothing twice.
fn settle(units: &mut [Unit<'_>], config: &mut Config) {
    let default = "{name}@v{version}";
    let first = units.first().and_then(|unit| unit.package.tag_template.clone());
    if first.is_some() && units.iter().all(|unit| unit.package.tag_template == first) {
        config.workspace.tag_template = first;
    }
    let usual = config.workspace.tag_template.clone().unwrap_or_else(|| default.to_owned());
    for unit in units {
        if unit.package.tag_template.as_ref() == Some(&usual) {
            unit.package.tag_template = None;
        }
    }
    config.workspace.tag_template = config.workspace.tag_template.take().filter(|template| template != default);
}

/// Only below 1.0.0 a package can stay there; what a breaking change makes of the others below is said.
fn keep_below_one(config: &mut Config, below_one: &BTreeSet<String>, notes: &mut Vec<String>) {
    let mut leaving = Vec::new();
    for package in &mut config.package {
        if !below_one.contains(&package.name) {
            package.versioning = None;
        } else if package.versioning.is_none() {
            leaving.push(package.name.clone());
        }
    }
    if !leaving.is_empty() {
        notes.push(format!(
            "a breaking change makes these 1.0.0; to stay below, set versioning = \"zerover\": {}",
            listed(&leaving)
        ));
    }
}

/// Leaves out dependencies until none leads back to where it came from.
fn open_circles(config: &mut Config, notes: &mut Vec<String>) {
    while let Err(cycle) = DependencyGraph::new(&config.package) {
        let [.., from, to] = &cycle.path[..] else { return };
        let Some(package) = config.package.iter_mut().find(|package| package.name == *from) else { return };
        package.depends_on.retain(|dependency| dependency.name != *to);
        notes.push(format!("{cycle}; left out that {from} depends on {to}"));
    }
}

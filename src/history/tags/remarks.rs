//! Tags that a plan could not use, reported by name.

use super::strays::Leap;

/// Names that a warning lists.
const NAMES: usize = 5;

/// What there is to say of tags, by reason.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// Would have counted, but HEAD can't reach them.
    pub(super) unreachable: Vec<String>,
    /// Point to trees or files.
    pub(super) no_commits: Vec<String>,
    /// One number beside versions of three.
    pub(super) single_numbers: Vec<String>,
    /// Begin as versions do, and higher ones than all that are understood.
    pub(super) misread: Vec<String>,
    /// In another style, and far above all others.
    pub(super) strays: Vec<String>,
    /// Far above all others, and yet used.
    pub(super) leaps: Vec<Leap>,
    /// End like versions, where no package has a tag.
    pub(super) unclaimed: Vec<String>,
    /// Versions that name no package.
    pub(super) nameless: Option<Nameless>,
    /// Refs that can't be read.
    broken: Vec<String>,
}

/// Version tags that name no package, beside packages whose tags do.
#[derive(Debug)]
pub(super) struct Nameless {
    /// The highest one.
    pub(super) tag: String,
    /// The template that it fits.
    pub(super) template: String,
    /// How many there are.
    pub(super) count: usize,
    /// The packages that have no tag.
    pub(super) untagged: Vec<String>,
}

impl Remarks {
    pub(super) fn new(broken: &[String]) -> Self {
        Self { broken: broken.to_vec(), ..Self::default() }
    }

    /// Everything as warnings, ready to print.
    pub(super) fn into_warnings(self) -> Vec<String> {
        let mut warnings = Vec::new();
        let mut warn = |names: Vec<String>, what: &str| {
            if let Some((count, names)) = listed(names) {
                warnings.push(format!("Warning: {count} {what}: {names}"));
            }
        };
        warn(self.unreachable, "newer or higher version tag(s) are not in the history of HEAD and were passed over");
        warn(self.no_commits, "version tag(s) point to no commit and were passed over");
        warn(self.single_numbers, "tag(s) of one number stand beside versions of three numbers and were passed over");
        warn(self.misread, "tag(s) begin like versions above all others, but aren't understood and were passed over");
        warn(
            self.strays,
            "tag(s) look like versions, but are named otherwise and far above the others, so they were passed over",
        );
        warn(self.unclaimed, "tag(s) end like versions, but fit no package's template and were passed over");
        warn(self.broken, "ref(s) can't be read and were passed over, as git does");
        warnings.extend(self.leaps.into_iter().map(|leap| {
            format!(
                "Warning: tag {} is far above every other one (the next is {}); if it is a mistake, `git tag -d {}` takes it away",
                leap.tag, leap.next, leap.tag
            )
        }));
        warnings.extend(self.nameless.map(Nameless::warning));
        warnings
    }
}

impl Nameless {
    fn warning(self) -> String {
        let Self { tag, template, count, untagged } = self;
        let (of_whom, all) = match listed(untagged) {
            Some((_, names)) => (names, ", all of whose commits count because no tag names them"),
            None => ("these packages".to_owned(), ""),
        };
        format!(
            "Warning: {count} version tag(s) name no package and were passed over, the highest is {tag}; if they are releases \
             of {of_whom}{all}, say tag_template = \"{template}\""
        )
    }
}

/// How many there are, and the first of them; `None` if there are none.
fn listed(mut names: Vec<String>) -> Option<(usize, String)> {
    names.sort_unstable();
    names.dedup();
    let shown = names.len().min(NAMES);
    let more = match names.len() - shown {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (shown > 0).then(|| (names.len(), format!("{}{more}", names[..shown].join(", "))))
}

//! Which branch a release is made from.

use std::env;

use super::{Workspace, ci};

impl Workspace {
    /// The branch that is released from: HEAD's, else what the CI system says, else the only one of the remote that is where HEAD
    /// is, else the configured one.
    pub(super) fn branch(&self) -> String {
        self.known_branch().unwrap_or_else(|| self.supposed_branch())
    }

    /// What to say where the channel hangs on the branch, and the branch had to be supposed.
    pub(crate) fn branch_warning(&self, asked_channel: Option<&str>) -> Option<String> {
        let settings = &self.config().workspace;
        let is_told = asked_channel.is_some() || settings.branches.is_empty() || settings.branch.is_some();
        if is_told || self.known_branch().is_some() {
            return None;
        }
        Some(format!(
            "Warning: HEAD is on no branch, and no variable of a CI system names one, so this is planned as for `{}`; \
             --channel says it otherwise",
            self.supposed_branch()
        ))
    }

    /// The branch that is released from; `None` where nothing says it.
    pub(crate) fn release_branch(&self) -> Option<String> {
        self.known_branch().or_else(|| self.config().workspace.branch.clone())
    }

    fn known_branch(&self) -> Option<String> {
        let attached = self.repository.head_branch().map(str::to_owned);
        let named = attached.or_else(|| ci::branch(|name| env::var_os(name)));
        named.or_else(|| self.repository.only_remote_branch_at_head(&self.config().workspace.remote))
    }

    fn supposed_branch(&self) -> String {
        let settings = &self.config().workspace;
        let branch = settings.branch.clone().or_else(|| self.repository.default_branch(&settings.remote));
        branch.unwrap_or_else(|| "main".to_owned())
    }
}

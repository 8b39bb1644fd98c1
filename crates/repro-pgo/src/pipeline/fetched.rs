//! An input that is fetched by its address: kept in a cache under its hash, so that it is fetched once and needs no network then.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use host::{digest, programs};
use thiserror::Error;

/// The variable that names the cache's folder.
const CACHE: &str = "REPRO_PGO_CACHE";

/// Why a file could not be had.
#[derive(Debug, Error)]
pub enum FetchError {
    /// Nothing says where the cache is.
    #[error("there is no HOME and no {CACHE}, so there is no cache to fetch {url} into; set {CACHE} to a folder")]
    NoCache {
        /// The address.
        url: String,
    },
    /// Nothing fetches.
    #[error("curl is not on PATH, and {url} is not in the cache yet; install curl, or put the file at {}", path.display())]
    NoCurl {
        /// The address.
        url: String,
        /// Its place in the cache.
        path: PathBuf,
    },
    /// It is not there, or there is no network.
    #[error("cannot fetch {url}: {reason}; without a network, put the file at {}", path.display())]
    Failed {
        /// The address.
        url: String,
        /// Its place in the cache.
        path: PathBuf,
        /// What curl said.
        reason: String,
    },
    /// It is another file.
    #[error(
        "{url} has the hash {found}, but pgo.toml records {recorded}; if that file is the one that is meant, put its hash into \
         `sha256`"
    )]
    HashDiffers {
        /// The address.
        url: String,
        /// Its hash.
        found: String,
        /// The recorded hash.
        recorded: String,
    },
    /// The cache could not be written.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// The file at `url` whose hash is `sha256`, from the cache where it is there.
///
/// # Errors
/// [`FetchError`].
pub fn fetch(url: &str, sha256: &str) -> Result<PathBuf, FetchError> {
    let folder = cache().ok_or_else(|| FetchError::NoCache { url: url.to_owned() })?;
    let path = folder.join(sha256);
    if digest::of_file(&path).is_ok_and(|found| found == sha256) {
        return Ok(path);
    }
    let file = |action, path: &Path| {
        let path = path.to_owned();
        move |source| FetchError::File { action, path, source }
    };
    std::fs::create_dir_all(&folder).map_err(file("cannot make", &folder))?;
    let scratch = tempfile::NamedTempFile::new_in(&folder).map_err(file("cannot write into", &folder))?;
    download(url, scratch.path(), &path)?;
    let found = digest::of_file(scratch.path()).map_err(file("cannot read", scratch.path()))?;
    if found != sha256 {
        return Err(FetchError::HashDiffers { url: url.to_owned(), found, recorded: sha256.to_owned() });
    }
    scratch.persist(&path).map_err(|error| file("cannot write", &path)(error.error))?;
    Ok(path)
}

fn cache() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = variable(CACHE).or_else(|| {
        let user = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))?;
        Some(user.join("repro-pgo"))
    })?;
    Some(folder.join("inputs"))
}

/// NB: curl writes nothing where it fails, and `--` is not known to it: the address is checked to begin with a scheme.
fn download(url: &str, to: &Path, path: &Path) -> Result<(), FetchError> {
    let curl =
        programs::on_path("curl").ok_or_else(|| FetchError::NoCurl { url: url.to_owned(), path: path.to_owned() })?;
    let failed = |reason: String| FetchError::Failed { url: url.to_owned(), path: path.to_owned(), reason };
    let mut command = Command::new(curl);
    command.args(["--fail", "--location", "--silent", "--show-error", "--retry", "2", "--output"]).arg(to);
    command.args(["--url", url]).stdin(Stdio::null());
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

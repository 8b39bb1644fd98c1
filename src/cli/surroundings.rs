//! Answers the planner's questions from the work tree, the tags and the clock, each at most once.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::config::Package;
use crate::plan::{ActiveChannel, Surroundings};
use crate::version;
use crate::version_files;

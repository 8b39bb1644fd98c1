//! relplan against other release planners: which tools, how each is installed at its pinned version, what it is given so
//! that it can plan, how all are measured on the same repositories, and the tables that come out.
//!
//! Selection, preparation, sampling and tables are plain data; [`install`], [`place`] and [`process`] touch the system.

pub mod cli;
pub mod entry;
pub mod figures;
pub mod github;
pub mod install;
pub mod markdown;
pub mod page;
pub mod place;
pub mod process;
pub mod sampling;
pub mod selection;
pub mod session;
pub mod setup;
pub mod shape;
pub mod tables;
pub mod tool;

pub use entry::{Entry, Plans, Via};
pub use figures::{Cell, Outcome, PeersReport, RowFigures};
pub use session::{Request, measure};
pub use tool::{Source, Tool};

//! The whole driver on small programs, and the workflows that call it: what is made, and everything that is refused.

mod figures;
mod pipeline;
mod structure;
mod workflows;

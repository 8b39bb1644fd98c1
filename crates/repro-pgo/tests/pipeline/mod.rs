//! The whole driver on small programs: what it makes, and everything it promises to refuse.

mod action;
mod beside;
mod build_tools;
mod c_code;
mod commands;
mod debuginfo;
mod demo;
mod emulation;
mod fetched;
mod layout;
mod machine;
mod merge_gate;
mod nasty;
mod network;
mod profile;
mod profiles;
mod reproducible;
mod resumed;
mod services;
mod shards;
mod shipping;
mod surroundings;
mod tools;
mod training;
mod verify;

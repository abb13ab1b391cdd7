//! The comparison against the outside: counts that pixelmatch gave for the same pairs, and properties that hold for any
//! pair.
//!
//! Run with `cargo test -p harness-compare --test it`. Pairs are drawn by [`pairs`] from a seed, so a failing case is
//! named by its kind, size and seed alone.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod borne;
mod damage;
mod faint;
mod files;
mod pairs;
mod pixelmatch;
mod properties;
mod rows;

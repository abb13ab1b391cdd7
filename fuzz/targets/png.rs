//! Any bytes as a PNG, beside a sound one and beside themselves with sound check sums.

#![no_main]

#[path = "../../harness/compare/tests/it/borne.rs"]
mod borne;

use libfuzzer_sys::fuzz_target;

const SOUND: &[u8] = include_bytes!("../seeds/png/rgb.png");

fuzz_target!(|bytes: &[u8]| {
    borne::is_borne(bytes, SOUND);
    let mended = borne::mended(bytes);
    borne::is_borne(SOUND, &mended);
    borne::is_borne(&mended, bytes);
});

//! Ids that say which element it is, and ids that were made up for a record.

/// Digits of a UUID's groups.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// A run of this many hexadecimal digits is nobody's choice of a name.
const RUN: usize = 20;

/// The id, where it is the same for the same element on every visit; nothing where it carries a record's key, which another
/// stack, or the same one seeded again, gives another value.
pub(super) fn lasting(id: &str) -> &str {
    if is_made_up(id) { "" } else { id }
}

fn is_made_up(id: &str) -> bool {
    let runs: Vec<usize> = id.split(|letter: char| !letter.is_ascii_alphanumeric()).map(hex_digits).collect();
    runs.iter().any(|&digits| digits >= RUN) || runs.windows(UUID.len()).any(|runs| runs == UUID)
}

/// How many digits, where the word is made of nothing else.
fn hex_digits(word: &str) -> usize {
    if word.bytes().all(|byte| byte.is_ascii_hexdigit()) { word.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[test]
    fn a_records_key_is_no_name_and_a_chosen_id_is_one() {
        for id in ["", "search", "step-2", "deadbeef", "a-b-c-d-e", "2026-03-02", "tab-1234-5678", "facade-cafe-face"] {
            assert_eq!(lasting(id), id);
        }
        for id in [
            "done-468d3da7-5239-4390-ad7f-45b64b24d5d1",
            "row-3ec50da6-ee3d-43e0-93ab-cca556fb009e/f4b8669c-bbe1-452d-ae72-807f5fbb8363",
            "507f1f77bcf86cd799439011",
            "note_507f1f77bcf86cd799439011_title",
        ] {
            assert_eq!(lasting(id), "", "{id}");
        }
    }
}

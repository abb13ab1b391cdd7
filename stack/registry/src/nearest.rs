//! The name that was probably meant.

/// The candidate nearest to `word`, when one is near enough to be a slip of it.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    // A third of the letters: `creat` still means `create`, `x` means nothing.
    let slips = (word.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let check = |word, expected| {
            assert_eq!(nearest(word, ["title", "description", "priority", "dueDate"]), expected, "{word}");
        };
        check("titel", Some("title"));
        check("Title", Some("title"));
        check("due_date", Some("dueDate"));
        check("duedate", Some("dueDate"));
        check("desciption", Some("description"));
        check("tags", None);
        check("", None);
        check("x", None);
    }
}

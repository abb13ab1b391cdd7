//! Patterns of pictures' names: `*` stands for anything within a part of a name, `**` for anything at all, `?` for one
//! character.

/// Whether the whole of `name` fits.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    match_from(pattern.as_bytes(), name.as_bytes())
}

fn match_from(pattern: &[u8], name: &[u8]) -> bool {
    // Where to go on after each star that was passed: its rest of the pattern, where it stood, and whether it crosses `/`.
    let (mut p, mut n) = (0, 0);
    let mut stars: Vec<(usize, usize, bool)> = Vec::new();
    loop {
        if p < pattern.len() && pattern[p] == b'*' {
            let crosses = pattern.get(p + 1) == Some(&b'*');
            p += if crosses { 2 } else { 1 };
            stars.retain(|(_, _, other)| *other && !crosses);
            stars.push((p, n, crosses));
            continue;
        }
        let fits =
            n < name.len() && p < pattern.len() && (pattern[p] == name[n] || (pattern[p] == b'?' && name[n] != b'/'));
        if fits {
            (p, n) = (p + 1, n + 1);
        } else if n == name.len() && p == pattern.len() {
            return true;
        } else {
            // The innermost star that can takes one character more.
            loop {
                let Some((rest, at, crosses)) = stars.pop() else { return false };
                if at < name.len() && (crosses || name[at] != b'/') {
                    stars.push((rest, at + 1, crosses));
                    (p, n) = (rest, at + 1);
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stays_within_its_part_and_two_do_not() {
        let name = "home/dashboard/anna-maria-desktop";
        for pattern in [
            name,
            "home/*/anna-*",
            "*/*/*",
            "**",
            "**desktop",
            "home/**",
            "**/anna-*-desktop",
            "home/d?shboard/*",
            "*ome/*board/*a-desktop",
            "**/**-desktop",
        ] {
            assert!(fits(pattern, name), "{pattern}");
        }
        for pattern in
            ["", "home", "*", "home/*", "*/anna-*", "**mobile", "home/?/*", "Home/**", "home/**/x", "?**/ben-*"]
        {
            assert!(!fits(pattern, name), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        let name = "a".repeat(200);
        assert!(!fits(&format!("{}b", "*a".repeat(60)), &name));
        assert!(!fits(&format!("{}b", "**a".repeat(60)), &name));
    }
}

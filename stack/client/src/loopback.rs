//! Which addresses never leave this machine.

use url::{Host, Url};

/// Whether `url` names this machine: `localhost`, 127.0.0.0/8 or `::1`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        let check = |url: &str, expected: bool| assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        check("http://localhost:3001", true);
        check("http://LOCALHOST", true);
        check("http://127.0.0.1:3001", true);
        check("http://127.8.9.1", true);
        check("http://[::1]:3001", true);
        check("http://localhost.example.com", false);
        check("http://127.0.0.1.nip.io", false);
        check("http://10.0.0.1", false);
        check("http://0.0.0.0", false);
        check("http://[::]", false);
        check("https://auth.mana.test", false);
        check("file:///tmp", false);
    }
}

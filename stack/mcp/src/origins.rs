//! Which hosts and web pages may reach the gateway: the guard against a page that points its own name at this machine.

use http::{HeaderName, HeaderValue, Method, header};
use stack_api::mcp::SPACE_HEADER;
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::{Host, Url};

use crate::sessions::SESSION_HEADER;

/// The names by which a machine calls itself.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Values of `Host` that are answered: the public one, and all names of this machine where it is one of them.
pub(crate) fn hosts(public: &Url) -> Vec<String> {
    let mut hosts: Vec<String> = public.host_str().map(str::to_owned).into_iter().collect();
    let loopback = match public.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if loopback {
        hosts.extend(LOOPBACK.map(str::to_owned));
    }
    hosts
}

/// Values of `Origin` that are answered. Each names its port; without one, every port would do.
pub(crate) fn origins(public: &Url, pages: &[Url]) -> Vec<String> {
    let origin = |url: &Url| {
        let (host, port) = (url.host_str()?, url.port_or_known_default()?);
        Some(format!("{}://{host}:{port}", url.scheme()))
    };
    std::iter::once(public).chain(pages).filter_map(origin).collect()
}

/// Lets those pages read the answers too.
pub(crate) fn cors(pages: &[Url]) -> CorsLayer {
    let pages = pages.iter().filter_map(|page| page.origin().ascii_serialization().parse::<HeaderValue>().ok());
    let named = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(pages))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            named(SESSION_HEADER),
            named(SPACE_HEADER),
            named("mcp-protocol-version"),
            named("mcp-method"),
            named("mcp-name"),
            named("last-event-id"),
        ])
        .expose_headers([named(SESSION_HEADER), header::WWW_AUTHENTICATE])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_public_name_answers_alone_and_a_loopback_name_to_all_of_them() {
        assert_eq!(hosts(&url("https://mcp.example.org")), ["mcp.example.org"]);
        for loopback in ["http://localhost:3069", "http://127.0.0.1:3069", "http://[::1]:3069"] {
            let hosts = hosts(&url(loopback));
            for name in LOOPBACK {
                assert!(hosts.iter().any(|host| host == name), "{name} of {loopback}");
            }
        }
    }

    #[test]
    fn every_origin_names_its_port() {
        let pages = [url("http://localhost:5173/app"), url("https://example.org")];
        let expected = ["https://mcp.example.org:443", "http://localhost:5173", "https://example.org:443"];
        assert_eq!(origins(&url("https://mcp.example.org"), &pages), expected);
    }
}

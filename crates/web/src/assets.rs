//! The files under `/static`: built into the binary, named by their content, kept by browsers for a year.
//!
//! Each file answers under two names. Pages use the one with the fingerprint (`signet-0123456789abcdef.css`), which
//! can be kept for good, because other content has another name. The plain name (`signet.css`) is for everybody else.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, EntityTag, Header, IfNoneMatch, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, web};

/// A file built into the binary.
struct Asset {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    fingerprint: u64,
}

/// How long a browser may keep an answer without asking again.
enum Freshness {
    /// The name says which content it is.
    ForGood,
    /// The plain name: asked again each time, and answered with 304 while nothing changed.
    AskAgain,
}

macro_rules! asset {
    ($stem:literal, $extension:literal, $content_type:literal) => {{
        const BYTES: &[u8] = include_bytes!(concat!("../../../static/", $stem, ".", $extension));
        const FINGERPRINT: u64 = fingerprint(BYTES);
        Asset {
            stem: $stem,
            extension: $extension,
            content_type: $content_type,
            bytes: BYTES,
            fingerprint: FINGERPRINT,
        }
    }};
}

static ASSETS: [Asset; 6] = [
    asset!("signet", "css", "text/css; charset=utf-8"),
    asset!("console", "css", "text/css; charset=utf-8"),
    asset!("console", "js", "text/javascript; charset=utf-8"),
    asset!("form-post", "js", "text/javascript; charset=utf-8"),
    asset!("seal", "svg", "image/svg+xml"),
    asset!("favicon", "svg", "image/svg+xml"),
];

/// Adds the routes of `/static`.
pub fn routes(config: &mut web::ServiceConfig) {
    let files = web::resource("/static/{name}")
        .route(web::get().to(serve))
        .route(web::head().to(serve));
    config.service(files);
}

/// The address a page gives for the file with this plain name. A name nobody knows comes back as it is, so that the
/// mistake shows as a missing file; a test reads every page for such names.
pub fn href(name: &str) -> String {
    match ASSETS.iter().find(|asset| asset.plain_name() == name) {
        Some(asset) => format!("/static/{}", asset.lasting_name()),
        None => format!("/static/{name}"),
    }
}

async fn serve(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    match find(&name) {
        Some((asset, freshness)) => asset.answer(&request, freshness),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Finds a file by either name. While two versions run side by side, a page of one may ask the other for a fingerprint
/// it does not have; it gets the file as it is here, which beats a page without a style.
fn find(name: &str) -> Option<(&'static Asset, Freshness)> {
    ASSETS.iter().find_map(|asset| {
        if name == asset.lasting_name() {
            Some((asset, Freshness::ForGood))
        } else if name == asset.plain_name() || asset.is_another_version(name) {
            Some((asset, Freshness::AskAgain))
        } else {
            None
        }
    })
}

impl Asset {
    fn plain_name(&self) -> String {
        format!("{}.{}", self.stem, self.extension)
    }

    fn lasting_name(&self) -> String {
        format!("{}-{:016x}.{}", self.stem, self.fingerprint, self.extension)
    }

    fn is_another_version(&self, name: &str) -> bool {
        name.strip_prefix(self.stem)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|rest| rest.strip_suffix(self.extension))
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|print| print.len() == 16 && print.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }

    fn answer(&self, request: &HttpRequest, freshness: Freshness) -> HttpResponse {
        let tag = EntityTag::new_strong(format!("{:016x}", self.fingerprint));
        let kept = match freshness {
            Freshness::ForGood => "public, max-age=31536000, immutable",
            Freshness::AskAgain => "public, no-cache",
        };
        let held = holds(request, &tag);
        let mut answer = if held {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        answer
            .insert_header((ETAG, tag.to_string()))
            .insert_header((CACHE_CONTROL, kept))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            // A picture opened by itself is a document; this one runs nothing.
            .insert_header((
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; frame-ancestors 'none'",
            ));
        if held {
            return answer.finish();
        }
        answer.content_type(self.content_type).body(self.bytes)
    }
}

/// Whether the browser says it has this content already (RFC 9110 13.1.2, which compares weakly).
fn holds(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|held| held.weak_eq(tag)),
        Err(_) => false,
    }
}

/// FNV-1a, 64 bits: tells one build's file from another's, at compile time and without a dependency. Nothing is
/// protected by it; whoever could choose these bytes would own the binary.
const fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        hash ^= bytes[index] as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    hash
}

/// Whether this address names a file of ours by its fingerprint.
#[cfg(test)]
pub(crate) fn is_lasting(address: &str) -> bool {
    let name = address.strip_prefix("/static/").and_then(find);
    matches!(name, Some((_, Freshness::ForGood)))
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::TestRequest;

    use super::*;

    async fn ask(name: &str, if_none_match: &str) -> HttpResponse {
        let request = TestRequest::get()
            .insert_header(("if-none-match", if_none_match))
            .to_http_request();
        serve(request, web::Path::from(name.to_owned())).await
    }

    fn header<'a>(response: &'a HttpResponse, name: &str) -> &'a str {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().expect("visible ASCII"))
    }

    #[actix_web::test]
    async fn a_fingerprinted_name_is_kept_for_good() {
        let name = href("signet.css").replace("/static/", "");
        let response = ask(&name, "").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), "text/css; charset=utf-8");
        assert_eq!(
            header(&response, "cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    }

    #[actix_web::test]
    async fn a_plain_name_is_asked_again_and_answered_briefly() {
        let response = ask("seal.svg", "").await;
        assert_eq!(header(&response, "content-type"), "image/svg+xml");
        assert_eq!(header(&response, "cache-control"), "public, no-cache");
        let tag = header(&response, "etag").to_owned();
        assert_eq!(ask("seal.svg", &tag).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(
            ask("seal.svg", &format!("\"other\", W/{tag}")).await.status(),
            StatusCode::NOT_MODIFIED
        );
        assert_eq!(ask("seal.svg", "\"other\"").await.status(), StatusCode::OK);
    }

    #[actix_web::test]
    async fn another_versions_fingerprint_is_not_kept() {
        let response = ask("signet-0000000000000000.css", "").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "cache-control"), "public, no-cache");
    }

    #[actix_web::test]
    async fn other_names_are_not_found() {
        for name in [
            "signet.js",
            "signet-.css",
            "signet-zzzzzzzzzzzzzzzz.css",
            "../Cargo.toml",
            "",
        ] {
            assert_eq!(ask(name, "").await.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}

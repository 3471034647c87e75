//! `/dev/mail`: letters that were caught instead of sent. Routed only where the state has an inbox, so that no provider that
//! serves people answers here.

use actix_web::guard::GuardContext;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use i18n::Dated;
use identity::inbox::CaughtLetter;
use kernel::Timestamp;

use crate::correlation::CorrelationId;
use crate::failure;
use crate::state::AppState;
use crate::views::{CaughtMail, LetterLine, OpenLetter, PageContext, Trouble, page, pieces, secure};

/// Where the latest letter is; the others are below.
pub const PATH: &str = "/dev/mail";

/// The policy of a letter's HTML part. Like a reader of mail it runs nothing, fetches nothing and knows no origin.
const LETTER_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Whether there is an inbox to show.
pub(crate) fn has_inbox(context: &GuardContext<'_>) -> bool {
    let state = context.app_data::<web::Data<AppState>>();
    state.is_some_and(|state| state.inbox.is_some())
}

/// GET `/dev/mail`: the latest letter.
pub(crate) async fn latest(state: web::Data<AppState>) -> HttpResponse {
    let letters = letters(&state);
    draw(&state, letters.first(), &letters)
}

/// GET `/dev/mail/{number}`: one letter.
pub(crate) async fn one(
    request: HttpRequest,
    state: web::Data<AppState>,
    number: web::Path<String>,
) -> HttpResponse {
    let letters = letters(&state);
    match find(&letters, &number) {
        Some(letter) => draw(&state, Some(letter), &letters),
        None => failure::error_page(&state, &CorrelationId::of(&request), Trouble::NotFound),
    }
}

/// GET `/dev/mail/{number}/html`: its HTML part alone.
pub(crate) async fn html(
    request: HttpRequest,
    state: web::Data<AppState>,
    number: web::Path<String>,
) -> HttpResponse {
    let letters = letters(&state);
    let Some(letter) = find(&letters, &number) else {
        return failure::error_page(&state, &CorrelationId::of(&request), Trouble::NotFound);
    };
    let mut response = HttpResponse::Ok()
        .content_type(ContentType::html())
        .body(letter.html.clone());
    secure(response.headers_mut(), &PageContext::new(state.transport()));
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(LETTER_POLICY));
    response
}

fn letters(state: &AppState) -> Vec<CaughtLetter> {
    state
        .inbox
        .as_ref()
        .map(|inbox| inbox.letters())
        .unwrap_or_default()
}

fn find<'a>(letters: &'a [CaughtLetter], number: &str) -> Option<&'a CaughtLetter> {
    let number: u64 = number.parse().ok()?;
    letters.iter().find(|letter| letter.number == number)
}

fn draw(state: &AppState, open: Option<&CaughtLetter>, all: &[CaughtLetter]) -> HttpResponse {
    let others = all
        .iter()
        .filter(|letter| Some(letter.number) != open.map(|open| open.number));
    let view = CaughtMail {
        place: state.place(),
        open: open.map(|letter| OpenLetter {
            subject: &letter.subject,
            from: &letter.from,
            to: &letter.to,
            at: moment(letter.at),
            text: pieces(&letter.text),
            html_url: format!("{PATH}/{}/html", letter.number),
        }),
        others: others
            .map(|letter| LetterLine {
                subject: &letter.subject,
                to: &letter.to,
                at: moment(letter.at),
                url: format!("{PATH}/{}", letter.number),
            })
            .collect(),
    };
    page(StatusCode::OK, &view, &PageContext::new(state.transport()))
}

fn moment(at: Timestamp) -> Dated {
    Dated::new(at.to_rfc3339())
}

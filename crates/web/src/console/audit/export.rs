//! Everything that fits a filter as a file, for spreadsheets and for programs. Read page by page and sent as it is read.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::rt;
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use admin::AdminFault;
use admin::audit::csv::{Heading, table};
use admin::audit::{self, AuditFilter, LARGEST_PAGE, Order};
use admin::view::AuditView;
use kernel::audit::AuditRecord;
use tokio::sync::mpsc;

use super::PATH;
use crate::console::desk::{Desk, Refusal};
use crate::correlation::CorrelationId;
use crate::state::AppState;

/// Comma-separated values (RFC 4180).
pub(super) const CSV: &str = "/admin/audit/export.csv";
/// A JSON object in every line.
pub(super) const NDJSON: &str = "/admin/audit/export.ndjson";

/// How records become a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
}

impl Format {
    fn write(self, records: &[AuditRecord], heading: Heading) -> Vec<u8> {
        match self {
            Format::Csv => table(records, heading),
            Format::Ndjson => records
                .iter()
                .map(|record| AuditView::from(record).line())
                .collect::<Vec<_>>()
                .concat()
                .into_bytes(),
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Ndjson => "application/x-ndjson",
        }
    }

    fn disposition(self) -> &'static str {
        match self {
            Format::Csv => "attachment; filename=\"signet-audit.csv\"",
            Format::Ndjson => "attachment; filename=\"signet-audit.ndjson\"",
        }
    }
}

/// GET `/admin/audit/export.csv`.
pub(super) async fn csv(request: HttpRequest, state: web::Data<AppState>, id: CorrelationId) -> HttpResponse {
    send(
        Desk::of(&request, &state, &id),
        request.query_string(),
        Format::Csv,
    )
    .await
}

/// GET `/admin/audit/export.ndjson`.
pub(super) async fn ndjson(
    request: HttpRequest,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    send(
        Desk::of(&request, &state, &id),
        request.query_string(),
        Format::Ndjson,
    )
    .await
}

async fn send(desk: Desk, query: &str, format: Format) -> HttpResponse {
    let filter = AuditFilter::from_query(query, desk.state().ctx.now());
    let filter = match filter {
        Ok(filter) => filter,
        Err(wrong) => {
            let refused = desk
                .read(move |_, _, _| Err::<(), _>(AdminFault::Invalid(wrong)))
                .await;
            return match refused {
                Err(refusal) => desk.refuse(refusal, PATH),
                Ok(_) => desk.go(PATH),
            };
        }
    };
    // The first page decides who may have a file at all.
    let first = match page(&desk, &filter, None).await {
        Ok(first) => first,
        Err(refusal) => return desk.refuse(refusal, PATH),
    };
    let (sender, receiver) = mpsc::channel(2);
    rt::spawn(async move {
        if let Err(refusal) = pour(&desk, &filter, format, first, &sender).await {
            // What was sent so far stays; the connection ends in the middle, so that nobody takes it for the whole.
            tracing::warn!(?refusal, "an export of the audit trail was broken off");
            let _ = sender.send(Err(Broken)).await;
        }
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.content_type()))
        .insert_header((CONTENT_DISPOSITION, format.disposition()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(Rows(receiver))
}

type Page = (Vec<AuditRecord>, Option<u64>);

async fn page(desk: &Desk, filter: &AuditFilter, after: Option<u64>) -> Result<Page, Refusal> {
    let filter = filter.clone();
    let (_, page) = desk
        .read(move |tx, _, actor| {
            let filter = filter.of_people(tx, actor)?;
            audit::query(tx, actor, &filter, after, Order::OldestFirst, LARGEST_PAGE)
        })
        .await?;
    Ok((page.records, page.next))
}

async fn pour(
    desk: &Desk,
    filter: &AuditFilter,
    format: Format,
    first: Page,
    sender: &mpsc::Sender<Result<Bytes, Broken>>,
) -> Result<(), Refusal> {
    let (mut records, mut next) = first;
    let mut heading = Heading::Included;
    loop {
        let piece = format.write(&records, heading);
        heading = Heading::Omitted;
        if sender.send(Ok(piece.into())).await.is_err() {
            // Whoever wanted it has hung up.
            return Ok(());
        }
        let Some(after) = next else {
            return Ok(());
        };
        (records, next) = page(desk, filter, Some(after)).await?;
    }
}

/// A file that could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit trail could not be read to its end")]
struct Broken;

/// The pieces of a file, as they come.
struct Rows(mpsc::Receiver<Result<Bytes, Broken>>);

impl MessageBody for Rows {
    type Error = Broken;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        self.get_mut().0.poll_recv(cx)
    }
}

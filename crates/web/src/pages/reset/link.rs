//! `/reset/{token}`: a link from a letter is opened. Nothing is used up by that, because mail programs open links too.
//!
//! The secret leaves the address bar at once: its digest is kept under a URL that means nothing in another browser.

use actix_web::{HttpRequest, HttpResponse, web};
use identity::recovery;
use kernel::id::InteractionId;
use kernel::secret::ResetToken;
use kernel::{Plain, StorageFault};
use token::authorize::{Interaction, Pending};

use super::dead;
use crate::correlation::CorrelationId;
use crate::state::AppState;
use crate::unit::write;
use crate::{cookies, deliver, failure, forms};

/// GET `/reset/{token}`.
pub(crate) async fn open(
    request: HttpRequest,
    path: web::Path<String>,
    state: web::Data<AppState>,
    id: CorrelationId,
) -> HttpResponse {
    let token = Plain::<ResetToken>::from_presented(path.into_inner()).digest();
    let query = forms::query(&request).unwrap_or_default();
    let resume = query.get("interaction").and_then(|text| text.parse().ok());
    let (visitor, cookie) = cookies::visitor(&request, &state.ctx);
    let (ctx, flow) = (state.ctx.clone(), visitor.flow_digest());
    let saved = write(&state, move |tx| {
        if recovery::owner(tx, &ctx, &token)?.is_none() {
            return Ok::<_, StorageFault>(None);
        }
        let now = ctx.now();
        let interaction = Interaction {
            id: InteractionId::generate(&*ctx.entropy),
            flow: Some(flow),
            created_at: now,
            request: Pending::PasswordReset { token, resume },
        };
        tx.save_interaction(&interaction, now.plus(ctx.policy.interaction_ttl))?;
        Ok(Some(interaction.id))
    })
    .await;
    match saved {
        Ok(Some(saved)) => {
            deliver::with_cookie(deliver::to_path(&state, &format!("/reset/i/{saved}")), cookie)
        }
        Ok(None) => dead(&state, &id),
        Err(fault) => failure::storage_page(&state, &id, &fault),
    }
}

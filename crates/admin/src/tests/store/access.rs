//! Sessions, grants, APIs and what else is about access.

use identity::ports::{Found, Insert};
use kernel::id::{BrowserId, GrantId, NoticeId, Sid, UserId};
use kernel::secret::{AuthorizationCode, BrowserSecret, RefreshToken};
use kernel::{Digest, Timestamp};
use session::{Browser, Issued, Revocation, Revocations, Session, Sessions};
use token::grant::{RefreshRow, Spent};
use token::{
    ApiResource, Catalogue, ClaimScope, Consent, Consents, Grant, Grants, LogoutNotice, LogoutNotices,
    Resources,
};

use super::{Answer, Maps, found, page};
use crate::statistics::{Sample, Statistics};

impl Sessions for Maps {
    fn save_browser(&mut self, _: &Browser) -> Answer<()> {
        panic!("administration makes no browsers")
    }
    fn browser(&mut self, _: &Digest<BrowserSecret>) -> Answer<Option<Browser>> {
        panic!("administration looks at no browsers")
    }
    fn sessions_of_browser(&mut self, _: BrowserId) -> Answer<Vec<Session>> {
        panic!("administration looks at no browsers")
    }
    fn save_session(&mut self, session: &Session) -> Answer<()> {
        self.sessions.insert(session.sid, session.clone());
        Ok(())
    }
    fn session(&mut self, sid: Sid) -> Answer<Option<Session>> {
        Ok(self.sessions.get(&sid).cloned())
    }
    fn touch_session(&mut self, _: Sid, _: Timestamp) -> Answer<()> {
        panic!("administration uses no sessions")
    }
    fn end_session(&mut self, sid: Sid, at: Timestamp) -> Answer<Found> {
        let open = self
            .sessions
            .get_mut(&sid)
            .filter(|session| session.ended_at.is_none());
        Ok(found(open.map(|session| session.ended_at = Some(at)).is_some()))
    }
    fn sessions_of_user(&mut self, user: UserId) -> Answer<Vec<Session>> {
        let open = self
            .sessions
            .values()
            .filter(|session| session.ended_at.is_none());
        Ok(open.filter(|session| session.user == user).cloned().collect())
    }
    fn sessions(&mut self, after: Option<Sid>, limit: u32) -> Answer<Vec<Session>> {
        let open = self
            .sessions
            .iter()
            .filter(|(_, session)| session.ended_at.is_none());
        let open = open.map(|(sid, session)| (*sid, session.clone())).collect();
        Ok(page(&open, after, limit))
    }
}

impl Statistics for Maps {
    fn add_samples(&mut self, _: Timestamp, _: &[Sample]) -> Answer<()> {
        panic!("administration counts nothing")
    }
    fn keep_sample(&mut self, _: Timestamp, _: &Sample) -> Answer<()> {
        panic!("administration counts nothing")
    }
    fn samples(&mut self, _: Timestamp) -> Answer<Vec<(Timestamp, Sample)>> {
        Ok(Vec::new())
    }
    fn count_sessions(&mut self, seen: Timestamp, begun: Timestamp) -> Answer<u64> {
        let open = self
            .sessions
            .values()
            .filter(|session| session.ended_at.is_none());
        let live = open.filter(|session| session.last_seen_at > seen && session.created_at > begun);
        Ok(live.count() as u64)
    }
}

impl Revocations for Maps {
    fn revoke(&mut self, entry: &Revocation) -> Answer<()> {
        self.revoked.push(entry.clone());
        Ok(())
    }
    fn is_revoked(&mut self, _: &Issued<'_>) -> Answer<bool> {
        panic!("administration accepts no tokens")
    }
}

impl Grants for Maps {
    fn insert_grant(&mut self, grant: &Grant) -> Answer<()> {
        self.grants.insert(grant.id, grant.clone());
        Ok(())
    }
    fn grant(&mut self, id: GrantId) -> Answer<Option<Grant>> {
        Ok(self.grants.get(&id).cloned())
    }
    fn grant_by_code(&mut self, _: &Digest<AuthorizationCode>) -> Answer<Option<Grant>> {
        panic!("administration sees no codes")
    }
    fn redeem_code(&mut self, _: GrantId, _: Timestamp) -> Answer<Found> {
        panic!("administration redeems no codes")
    }
    fn revoke_grant(&mut self, id: GrantId, at: Timestamp) -> Answer<Found> {
        let open = self
            .grants
            .get_mut(&id)
            .filter(|grant| grant.revoked_at.is_none());
        Ok(found(open.map(|grant| grant.revoked_at = Some(at)).is_some()))
    }
    fn insert_refresh_token(&mut self, _: &RefreshRow) -> Answer<()> {
        panic!("administration makes no tokens")
    }
    fn refresh_token(&mut self, _: &Digest<RefreshToken>) -> Answer<Option<RefreshRow>> {
        Ok(None)
    }
    fn spend_refresh_token(&mut self, _: &Digest<RefreshToken>, _: &Spent) -> Answer<Found> {
        panic!("administration spends no tokens")
    }
    fn renew_refresh_token(&mut self, _: &Digest<RefreshToken>, _: Timestamp) -> Answer<Found> {
        panic!("administration uses no tokens")
    }
    fn grants_of_session(&mut self, sid: Sid) -> Answer<Vec<Grant>> {
        Ok(self
            .grants
            .values()
            .filter(|grant| grant.sid == sid)
            .cloned()
            .collect())
    }
    fn grants_of_user(&mut self, user: UserId, client_id: Option<&str>) -> Answer<Vec<Grant>> {
        let open = self
            .grants
            .values()
            .filter(|grant| grant.revoked_at.is_none() && grant.user == user);
        Ok(open
            .filter(|grant| client_id.is_none_or(|id| grant.client_id == id))
            .cloned()
            .collect())
    }
    fn revoke_grants_of_client(
        &mut self,
        client_id: &str,
        after: Option<GrantId>,
        limit: u32,
        at: Timestamp,
    ) -> Answer<Option<GrantId>> {
        let own = self.grants.values_mut();
        let own = own.filter(|grant| grant.client_id == client_id && Some(grant.id) > after);
        let mut last = (0, None);
        for grant in own.take(limit as usize) {
            grant.revoked_at = grant.revoked_at.or(Some(at));
            last = (last.0 + 1, Some(grant.id));
        }
        Ok(last.1.filter(|_| last.0 == limit))
    }
    fn has_open_grant(&mut self, client_id: &str) -> Answer<bool> {
        let mut own = self.grants.values();
        Ok(own.any(|grant| grant.client_id == client_id && grant.revoked_at.is_none()))
    }
    fn note_client_of_session(&mut self, sid: Sid, client_id: &str, _: Timestamp) -> Answer<()> {
        self.clients_of_sessions.insert((sid, client_id.to_owned()));
        Ok(())
    }
    fn clients_of_session(&mut self, sid: Sid) -> Answer<Vec<String>> {
        let own = self.clients_of_sessions.iter().filter(|(of, _)| *of == sid);
        Ok(own.map(|(_, client_id)| client_id.clone()).collect())
    }
    fn last_session_with(&mut self, _: &str, _: &[Sid]) -> Answer<Option<Sid>> {
        panic!("administration chooses no accounts")
    }
    fn last_refreshes(&mut self, _: UserId) -> Answer<Vec<(GrantId, Timestamp)>> {
        panic!("administration counts no refreshes")
    }
    fn erase_successors(&mut self, _: GrantId, _: u32) -> Answer<()> {
        panic!("administration spends no tokens")
    }
}

impl Consents for Maps {
    fn consent(&mut self, _: UserId, _: &str) -> Answer<Option<Consent>> {
        panic!("administration asks nobody")
    }
    fn save_consent(&mut self, _: &Consent) -> Answer<()> {
        panic!("administration asks nobody")
    }
    fn consents_of_user(&mut self, _: UserId) -> Answer<Vec<Consent>> {
        panic!("administration asks nobody")
    }
    fn delete_consent(&mut self, _: UserId, _: &str) -> Answer<Found> {
        panic!("administration asks nobody")
    }
}

impl Resources for Maps {
    fn insert_resource(&mut self, resource: &ApiResource) -> Answer<Insert> {
        if self.resources.contains_key(&resource.identifier) {
            return Ok(Insert::Taken);
        }
        self.update_resource(resource)?;
        Ok(Insert::Done)
    }
    fn update_resource(&mut self, resource: &ApiResource) -> Answer<Found> {
        let old = self
            .resources
            .insert(resource.identifier.clone(), resource.clone());
        Ok(found(old.is_some()))
    }
    fn delete_resource(&mut self, identifier: &str) -> Answer<Found> {
        Ok(found(self.resources.remove(identifier).is_some()))
    }
    fn insert_claim_scope(&mut self, scope: &ClaimScope) -> Answer<Insert> {
        if self.scopes.contains_key(&scope.name) {
            return Ok(Insert::Taken);
        }
        self.update_claim_scope(scope)?;
        Ok(Insert::Done)
    }
    fn update_claim_scope(&mut self, scope: &ClaimScope) -> Answer<Found> {
        Ok(found(
            self.scopes.insert(scope.name.clone(), scope.clone()).is_some(),
        ))
    }
    fn delete_claim_scope(&mut self, name: &str) -> Answer<Found> {
        Ok(found(self.scopes.remove(name).is_some()))
    }
    fn catalogue(&mut self) -> Answer<Catalogue> {
        let (resources, scopes) = (self.resources.values(), self.scopes.values());
        Ok(Catalogue::new(resources.cloned(), scopes.cloned()))
    }
}

impl LogoutNotices for Maps {
    fn enqueue_notice(&mut self, notice: &LogoutNotice) -> Answer<()> {
        self.notices.push(notice.clone());
        Ok(())
    }
    fn lease_notices(
        &mut self,
        _: Timestamp,
        _: Timestamp,
        _: u32,
        _: &[String],
    ) -> Answer<Vec<LogoutNotice>> {
        panic!("administration delivers nothing")
    }
    fn postpone_notice(&mut self, _: NoticeId, _: Timestamp) -> Answer<()> {
        panic!("administration delivers nothing")
    }
    fn finish_notice(&mut self, _: NoticeId) -> Answer<()> {
        panic!("administration delivers nothing")
    }
}

//! The catalogue of resources and scopes, and the news of it.

use std::sync::mpsc::channel;
use std::time::Duration;

use identity::ports::{Found, Insert};
use kernel::Change;
use protocol::Scope;
use store::{Database, OpenMode};
use token::{ApiResource, Catalogue, ClaimScope, SigningAlg};

use crate::support::{NOW, clock, everywhere};

fn resource(identifier: &str) -> ApiResource {
    ApiResource {
        identifier: identifier.into(),
        name: Some("Notes".into()),
        scopes: Scope::parse("notes.read notes.write").unwrap(),
        access_token_alg: Some(SigningAlg::ES256),
        access_ttl: Some(Duration::from_millis(300_001)),
        created_at: NOW,
        updated_at: NOW,
    }
}

fn scope(name: &str) -> ClaimScope {
    ClaimScope {
        name: name.into(),
        description: None,
        claims: [("desk".to_owned(), "desk_number".to_owned())].into(),
        created_at: NOW,
        updated_at: NOW,
    }
}

#[test]
fn resources_and_scopes_come_back_as_stored() {
    everywhere(|db| {
        let (mut api, mut office) = (resource("https://api.example"), scope("office"));
        let (a, b) = (api.clone(), office.clone());
        let done = db.write(move |ports| Ok((ports.insert_resource(&a)?, ports.insert_claim_scope(&b)?)));
        assert_eq!(done, (Insert::Done, Insert::Done));
        let (a, b) = (api.clone(), office.clone());
        let taken = db.write(move |ports| Ok((ports.insert_resource(&a)?, ports.insert_claim_scope(&b)?)));
        assert_eq!(taken, (Insert::Taken, Insert::Taken));
        assert_eq!(
            db.read(|ports| ports.catalogue()),
            Catalogue::new([api.clone()], [office.clone()])
        );

        (api.name, api.access_token_alg, api.access_ttl) = (None, None, None);
        office.description = Some("Where your desk is".into());
        let (a, b) = (api.clone(), office.clone());
        let done = db.write(move |ports| Ok((ports.update_resource(&a)?, ports.update_claim_scope(&b)?)));
        assert_eq!(done, (Found::Yes, Found::Yes));
        let gone = db.write(|ports| {
            let resource = ports.update_resource(&resource("https://other.example"))?;
            Ok((resource, ports.update_claim_scope(&scope("other"))?))
        });
        assert_eq!(gone, (Found::No, Found::No));
        assert_eq!(
            db.read(|ports| ports.catalogue()),
            Catalogue::new([api], [office])
        );

        let delete = || {
            db.write(|ports| {
                let resource = ports.delete_resource("https://api.example")?;
                Ok((resource, ports.delete_claim_scope("office")?))
            })
        };
        assert_eq!(delete(), (Found::Yes, Found::Yes));
        assert_eq!(delete(), (Found::No, Found::No));
        assert_eq!(db.read(|ports| ports.catalogue()), Catalogue::default());
    });
}

#[test]
fn every_change_of_the_catalogue_is_news() {
    everywhere(|db| {
        let other = Database::open(&db.url, OpenMode::MustExist).unwrap();
        let (tell, news) = channel();
        let listener = move |changes: &[Change]| changes.iter().for_each(|it| drop(tell.send(it.clone())));
        other.watch(clock(), Box::new(listener)).unwrap();
        db.write(|ports| {
            ports.insert_resource(&resource("https://api.example"))?;
            ports.insert_resource(&resource("https://api.example"))?;
            ports.update_resource(&resource("https://api.example"))?;
            ports.delete_resource("https://api.example")?;
            ports.insert_claim_scope(&scope("office"))?;
            ports.update_claim_scope(&scope("office"))?;
            ports.delete_claim_scope("office")?;
            ports.delete_claim_scope("office")
        });
        for _ in 0..6 {
            let change = news.recv_timeout(Duration::from_secs(30)).unwrap();
            assert_eq!(change, Change::Catalogue);
        }
        assert!(news.try_recv().is_err());
    });
}

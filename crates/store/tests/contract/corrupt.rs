//! A row that contradicts itself is reported by table, column and id, and never believed.

use kernel::{Access, StorageFault, work};

use crate::support::{Fresh, Ports, furnish, refresh_token};

fn complaint<T: std::fmt::Debug + Send + 'static>(
    db: &Fresh,
    work: impl FnOnce(&mut Ports) -> Result<T, StorageFault> + Send + 'static,
) -> String {
    match work::run(&*db.store, Access::Read, work) {
        Err(StorageFault::Corrupt {
            table, column, id, ..
        }) => format!("{table}.{column} of {id}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_report_names_table_column_and_id() {
    let db = Fresh::sqlite();
    let (alice, _, grant) = furnish(&db);
    let id = alice.id;

    db.sql("UPDATE users SET profile = '{\"nmae\": \"Alice\"}'");
    assert_eq!(
        complaint(&db, move |ports| ports.user(id)),
        format!("users.profile of {id}")
    );

    db.sql("UPDATE client_secrets SET digest = x'00ff'");
    assert_eq!(
        complaint(&db, |ports| ports.client("web")),
        "client_secrets.digest of web"
    );

    db.sql("UPDATE grants SET scope = 'open\"id'");
    assert_eq!(
        complaint(&db, move |ports| ports.grant(grant.id)),
        format!("grants.scope of {}", grant.id)
    );

    let token = refresh_token(4, &grant, 0);
    let digest = token.digest.clone();
    db.write(move |ports| ports.insert_refresh_token(&token));
    db.sql("UPDATE refresh_tokens SET sealed_successor = x'00'");
    assert_eq!(
        complaint(&db, move |ports| ports.refresh_token(&digest)),
        format!(
            "refresh_tokens.sealed_successor of generation 0 of grant {}",
            grant.id
        )
    );
}

//! `/users`: people.

use admin::directory::people::{Among, PeopleFilter, people};
use admin::users::{self, NewUser};
use admin::{AdminFault, Permission as P, password_link};
use identity::UserState;
use kernel::id::UserId;

use super::call::{Call, not_found, written as made};
use super::operation::{Form, Operation, delete, field, get, patch, post};
use super::reply::Reply;
use super::{Answer, body};
use crate::reset_letter;

mod password;
mod shown;

pub(super) use shown::User;
use shown::{Writable, change, written};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/users", ("listUsers", "People, by user name"), &[P::ViewPeople], list)
            .query(&[
                field("text", Form::Text, "The beginning of a user name, of an address or of a word of the name; or a `sub`"),
                field("group", Form::Text, "Only those in this group"),
                field("state", Form::OneOf(&["active", "locked"]), "Only those in this state"),
                field("among", Form::OneOf(&["everybody", "administrators"]), "Out of whom"),
            ])
            .page::<User>(),
        post("/users", ("createUser", "Makes a person"), &[P::ViewPeople, P::ManagePeople], create)
            .takes::<Writable>()
            .makes::<User>()
            .tagged()
            .faults(&[409]),
        get("/users/{sub}", ("getUser", "A person"), &[P::ViewPeople], one).edition::<User>(),
        patch("/users/{sub}", ("changeUser", "Changes a person"), &[P::ViewPeople, P::ManagePeople], update)
            .patches::<Writable>()
            .edition::<User>()
            .guarded()
            .faults(&[409])
            .more("A new `password` ends all sessions. A new `email` is unproven unless `email_verified` says otherwise."),
        delete("/users/{sub}", ("deleteUser", "Removes a person with all that is theirs"), &[P::ViewPeople, P::ManagePeople], remove)
            .guarded()
            .faults(&[409]),
        post("/users/{sub}/lock", ("lockUser", "Keeps a person out and takes back all that was issued for them"), &[P::HelpPeople], lock)
            .faults(&[409]),
        post("/users/{sub}/unlock", ("unlockUser", "Lets a person in again"), &[P::HelpPeople], unlock),
        post("/users/{sub}/password-link", ("sendPasswordLink", "Sends a person a link to a new password"), &[P::HelpPeople], link)
            .faults(&[409])
            .more("It goes to their own address and to nobody else: whoever asks for it does not see it."),
    ]
}

/// The person a path means. Only a `sub` names somebody here: addresses do not belong into paths.
pub(super) fn sub(text: &str) -> Result<String, AdminFault> {
    let known = text.parse::<UserId>().map(|id| id.to_string());
    known.map_err(|_| not_found("user", text))
}

async fn list(call: Call) -> Answer {
    let pace = call.pace()?;
    let states = [("active", UserState::Active), ("locked", UserState::Locked)];
    let among = [
        ("everybody", Among::Everybody),
        ("administrators", Among::Administrators),
    ];
    let filter = PeopleFilter {
        text: call.text("text"),
        group: call.text("group"),
        state: call.word("state", &states)?,
        among: call.word("among", &among)?.unwrap_or_default(),
    };
    let page = call
        .read(move |tx, ctx, actor| Ok(people(tx, ctx, actor, &filter, pace.after.as_ref(), pace.limit)?))
        .await?;
    call.page(page.map(|person| User::from(&person.user)))
}

async fn one(call: Call) -> Answer {
    let named = call.segment("sub");
    let user = call
        .read(move |tx, _, actor| Ok(users::find(tx, actor, &sub(&named)?)?))
        .await?;
    Reply::edition(&User::from(&user))
}

async fn create(call: Call) -> Answer {
    let said: Writable = call.said()?;
    let password = password::hashed(&call, said.password.as_deref()).await?;
    call.once(move |tx, ctx, actor| {
        let new = NewUser {
            password,
            ..written(said)
        };
        let user = User::from(&users::create(tx, ctx, actor, new)?);
        let reply = made(Reply::edition(&user))?;
        Ok(reply.made(&format!("/users/{}", user.sub)))
    })
    .await
}

async fn update(call: Call) -> Answer {
    let (named, seen, mut said) = (call.segment("sub"), call.seen.clone(), call.patch()?);
    let password = password::taken(&mut said)?;
    let password = password::hashed(&call, password.as_deref()).await?;
    let vouched = said
        .get("email_verified")
        .map(|said| said.as_bool().unwrap_or_default());
    let user = call
        .write(move |tx, ctx, actor| {
            actor.require(P::ManagePeople)?;
            let user = users::find(tx, actor, &sub(&named)?)?;
            seen.fits(&User::from(&user))?;
            let wanted = body::merged(&Writable::from(&user), said)
                .map_err(|wrong| AdminFault::Invalid(vec![wrong]))?;
            let mut change = change(&user, wanted, vouched);
            change.password = password;
            Ok(users::update(tx, ctx, actor, &user.id.to_string(), change)?)
        })
        .await?;
    Reply::edition(&User::from(&user))
}

async fn remove(call: Call) -> Answer {
    let (named, seen) = (call.segment("sub"), call.seen.clone());
    call.write(move |tx, ctx, actor| {
        let named = sub(&named)?;
        seen.fits(&User::from(&users::find(tx, actor, &named)?))?;
        Ok(users::delete(tx, ctx, actor, &named)?)
    })
    .await?;
    Ok(Reply::nothing())
}

async fn lock(call: Call) -> Answer {
    let named = call.segment("sub");
    call.write(move |tx, ctx, actor| Ok(users::lock(tx, ctx, actor, &sub(&named)?)?))
        .await?;
    Ok(Reply::nothing())
}

async fn unlock(call: Call) -> Answer {
    let named = call.segment("sub");
    call.write(move |tx, ctx, actor| Ok(users::unlock(tx, ctx, actor, &sub(&named)?)?))
        .await?;
    Ok(Reply::nothing())
}

async fn link(call: Call) -> Answer {
    let named = call.segment("sub");
    if !call.state.post.delivers() {
        let fault = AdminFault::Conflict("this server sends no letters: mail is not configured".to_owned());
        return Err(fault.into());
    }
    let link = call
        .write(move |tx, ctx, actor| Ok(password_link::make(tx, ctx, actor, &sub(&named)?)?))
        .await?;
    reset_letter::send(&call.state, &link);
    Ok(Reply::nothing())
}

//! One row of the table of the API: what the router, the checks before a use-case and the document need to know of it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::http::Method;
use admin::Permission;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::Answer;
use super::body::Media;
use super::call::Call;

/// What does the work.
pub(super) type Run = Rc<dyn Fn(Call) -> Pin<Box<dyn Future<Output = Answer>>>>;

/// A schema and those it refers to.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) schema: RefOr<Schema>,
    pub(super) with: Vec<(String, RefOr<Schema>)>,
}

/// The shape of a type.
pub(super) fn shape<T: ToSchema>() -> Shape {
    let mut with = Vec::new();
    T::schemas(&mut with);
    Shape {
        name: T::name().into_owned(),
        schema: T::schema(),
        with,
    }
}

/// A parameter of the query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    pub(super) form: Form,
}

/// What a parameter looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Any text.
    Text,
    /// A moment: RFC 3339, a date, or an age.
    Moment,
    /// A whole number in this range.
    Number(u32, u32),
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// A parameter.
pub(super) const fn field(name: &'static str, form: Form, says: &'static str) -> Field {
    Field { name, says, form }
}

/// A body.
pub(super) struct Takes {
    pub(super) shape: fn() -> Shape,
    pub(super) media: Media,
    pub(super) presence: Presence,
}

/// Whether a body has to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It does.
    Required,
    /// Without one everything is as usual.
    Optional,
}

/// What an answer holds.
#[derive(Clone, Copy)]
pub(super) enum Gives {
    /// Nothing: 204.
    Nothing,
    /// One thing.
    One(fn() -> Shape),
    /// A page of things.
    Page(fn() -> Shape),
}

/// What has to come with a request, or may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guarded {
    /// Nothing.
    Free,
    /// `If-Match` has to.
    IfMatch,
    /// `Idempotency-Key` may.
    Once,
}

/// Whether the answer carries an ETag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tagged {
    Yes,
    No,
}

/// One row.
pub(super) struct Operation {
    pub(super) method: Method,
    /// Below the API.
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) says: &'static str,
    /// More than fits into a line.
    pub(super) more: Option<&'static str>,
    /// All of them are needed.
    pub(super) needs: &'static [Permission],
    pub(super) query: Vec<Field>,
    pub(super) takes: Option<Takes>,
    pub(super) gives: Gives,
    /// When it was done.
    pub(super) status: u16,
    pub(super) tagged: Tagged,
    pub(super) guarded: Guarded,
    /// Refusals beside those that follow from all of the above.
    pub(super) faults: &'static [u16],
    pub(super) run: Run,
}

fn operation<F, Fut>(
    method: Method,
    path: &'static str,
    (id, says): (&'static str, &'static str),
    needs: &'static [Permission],
    run: F,
) -> Operation
where
    F: Fn(Call) -> Fut + 'static,
    Fut: Future<Output = Answer> + 'static,
{
    Operation {
        method,
        path,
        id,
        says,
        more: None,
        needs,
        query: Vec::new(),
        takes: None,
        gives: Gives::Nothing,
        status: 204,
        tagged: Tagged::No,
        guarded: Guarded::Free,
        faults: &[],
        run: Rc::new(move |call| Box::pin(run(call))),
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<F, Fut>(
            path: &'static str,
            named: (&'static str, &'static str),
            needs: &'static [Permission],
            run: F,
        ) -> Operation
        where
            F: Fn(Call) -> Fut + 'static,
            Fut: Future<Output = Answer> + 'static,
        {
            operation(Method::$method, path, named, needs, run)
        }
    )*};
}

methods! {
    /// Looks something up.
    get GET;
    /// Makes something, or does something.
    post POST;
    /// Says how something is from now on.
    put PUT;
    /// Changes something in parts (RFC 5789).
    patch PATCH;
    /// Removes or ends something.
    delete DELETE;
}

impl Operation {
    /// With these parameters.
    pub(super) fn query(mut self, fields: &[Field]) -> Self {
        self.query.extend_from_slice(fields);
        self
    }

    /// A list of these.
    pub(super) fn page<T: ToSchema>(mut self) -> Self {
        self.query.extend([
            field(
                "limit",
                Form::Number(1, super::paging::MOST),
                "Items of a page; 50 where nothing is said",
            ),
            field(
                "cursor",
                Form::Text,
                "Where to go on: `next` of the page before, with the same filter",
            ),
        ]);
        (self.gives, self.status) = (Gives::Page(shape::<T>), 200);
        self
    }

    /// Answers with one of these.
    pub(super) fn gives<T: ToSchema>(mut self) -> Self {
        (self.gives, self.status) = (Gives::One(shape::<T>), 200);
        self
    }

    /// The same, with an ETag.
    pub(super) fn edition<T: ToSchema>(mut self) -> Self {
        self.tagged = Tagged::Yes;
        self.gives::<T>()
    }

    /// Makes one of these; retries are told apart.
    pub(super) fn makes<T: ToSchema>(mut self) -> Self {
        self.guarded = Guarded::Once;
        self = self.gives::<T>();
        self.status = 201;
        self
    }

    /// Takes a body.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Some(Takes {
            shape: shape::<T>,
            media: Media::Json,
            presence: Presence::Required,
        });
        self
    }

    /// Takes a body, or none.
    pub(super) fn may_take<T: ToSchema>(self) -> Self {
        let mut own = self.takes::<T>();
        if let Some(takes) = &mut own.takes {
            takes.presence = Presence::Optional;
        }
        own
    }

    /// Takes a merge patch of what is written so.
    pub(super) fn patches<T: ToSchema>(self) -> Self {
        let mut own = self.takes::<T>();
        if let Some(takes) = &mut own.takes {
            takes.media = Media::MergePatch;
        }
        own
    }

    /// Only for those who saw what there is.
    pub(super) fn guarded(mut self) -> Self {
        self.guarded = Guarded::IfMatch;
        self
    }

    /// Answers with an ETag.
    pub(super) fn tagged(mut self) -> Self {
        self.tagged = Tagged::Yes;
        self
    }

    /// May also be refused so.
    pub(super) fn faults(mut self, faults: &'static [u16]) -> Self {
        self.faults = faults;
        self
    }

    /// With an explanation.
    pub(super) fn more(mut self, text: &'static str) -> Self {
        self.more = Some(text);
        self
    }

    /// What it belongs to: the first part of its path.
    pub(super) fn area(&self) -> &'static str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// Every status it answers with, ascending.
    pub(super) fn statuses(&self) -> Vec<u16> {
        let mut all = vec![self.status, 400, 401, 403, 500, 503];
        all.extend(self.faults);
        if self.path.contains('{') {
            all.push(404);
        }
        if self.takes.is_some() {
            all.extend([408, 413, 415, 422]);
        }
        match self.guarded {
            Guarded::Free => {}
            Guarded::IfMatch => all.extend([412, 428]),
            Guarded::Once => all.extend([409, 422]),
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

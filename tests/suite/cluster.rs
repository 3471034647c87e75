//! Three nodes behind a proxy, on PostgreSQL and Redis, while people use them and things break: nothing acknowledged is lost,
//! nothing is given twice, and whoever cannot be served is asked to come back.

mod call;
mod customer;
mod keepsakes;
mod ledger;
mod load;
mod postgres;
mod proxy;
mod reckoning;
mod relay;
mod site;

mod database_goes;
mod doubles;
mod nodes_die;
mod races;
mod redis_goes;

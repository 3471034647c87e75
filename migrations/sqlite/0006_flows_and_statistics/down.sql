DROP INDEX sessions_that_live;
DROP TABLE statistics;
DROP TABLE flows;

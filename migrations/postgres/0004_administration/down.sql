DROP TABLE console_sessions;
DROP TABLE setup_links;
DROP TABLE administrators;

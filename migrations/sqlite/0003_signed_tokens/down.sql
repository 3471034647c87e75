DROP TABLE signed_tokens;

DROP TABLE jwks_sightings;

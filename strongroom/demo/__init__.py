"""The demo: a throw-away store, its cast, stage and story."""

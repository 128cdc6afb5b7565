"""The store on a server: PostgreSQL through asyncpg, where several machines share one."""

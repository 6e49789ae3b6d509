'use strict';
// The session of ussd-menu-builder's README (start, get, set, end) kept in Redis: one hash for each session.

const SECONDS = 600;

function sessionsIn(redis) {
  const key = (sessionId) => `ussd:${sessionId}`;
  return {
    start: (sessionId, callback) => callback(), // the first `set` makes the hash: a round trip less than making it here
    get: (sessionId, name) => redis.hget(key(sessionId), name),
    set: (sessionId, name, value) =>
      Promise.all([redis.hset(key(sessionId), name, value), redis.expire(key(sessionId), SECONDS)]),
    end: (sessionId) => redis.del(key(sessionId)),
  };
}

module.exports = { sessionsIn };

'use strict';
// ussd-menu-builder behind express: node server.js PORT REDIS_SOCKET. Prints `ready` when it listens on loopback.

const express = require('express');
const { createClient } = require('redis');
const { buildMenu } = require('./menus.js');
const { sessionsIn } = require('./sessions.js');

async function main(port, socket) {
  const redis = createClient({ socket: { path: socket } });
  redis.on('error', (error) => console.error(error.message));
  await redis.connect();

  // A menu keeps the request it answers in itself, so one menu shared by all requests, as in its README, answers the
  // wrong caller as soon as a session waits for Redis. Here each request has a menu to itself, and menus are reused.
  const idle = [];
  const config = sessionsIn(redis);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.urlencoded({ extended: false }));
  app.post('/ussd', (request, response) => {
    const menu = idle.pop() || buildMenu(redis, config);
    menu.run(request.body, (result) => {
      idle.push(menu);
      response.type('text/plain').send(result);
    });
  });
  app.listen(port, '127.0.0.1', () => console.log('ready'));
}

main(Number(process.argv[2]), process.argv[3]).catch((error) => {
  console.error(error.message);
  process.exit(1);
});

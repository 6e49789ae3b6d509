'use strict';
// ussd-menu-builder behind express, sessions in Redis: node server.js PORT REDIS_SOCKET. Listens on loopback only.

const express = require('express');
const Redis = require('ioredis');
const { buildMenu } = require('./menus.js');
const { sessionsIn } = require('./sessions.js');

async function main(port, socket) {
  const redis = new Redis({ path: socket, lazyConnect: true, enableAutoPipelining: true });
  redis.on('error', (error) => console.error(error.message));
  await redis.connect();

  // A menu keeps the request under way in itself. One menu shared by all requests, as in its README, answers one caller
  // twice as soon as two wait for Redis, and Node ends. Here each request has a menu to itself, and menus are reused.
  const idle = [];
  const config = sessionsIn(redis);
  const newMenu = () => buildMenu(redis, config).on('error', (error) => console.error(error.message));
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.urlencoded({ extended: false }));
  app.post('/ussd', (request, response) => {
    const menu = idle.pop() || newMenu();
    menu.run(request.body, (result) => {
      idle.push(menu);
      response.type('text/plain').send(result);
    });
  });
  app.listen(port, '127.0.0.1');
}

main(Number(process.argv[2]), process.argv[3]).catch((error) => {
  console.error(error.message);
  process.exit(1);
});

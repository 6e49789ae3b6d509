'use strict';
// The menu of the walk in ussd-menu-builder's states. Redis commands that do not wait for each other go together.

const UssdMenu = require('ussd-menu-builder');
const texts = require('./texts.js');

const GROUPS = ['mun', 'nrg', 'edu', 'hlt', 'pol', 'lnd', 'idw', 'trn', 'prc', 'agr', 'tel', 'cor', 'rgt', 'oth'];
const LEAVES = {
  mun01: { office: 'water', days: 7 },
  mun02: { office: 'water', days: 3 },
  mun03: { office: 'water', days: 5 },
};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dueOn(days) {
  const day = new Date(Date.now() + days * 86_400_000);
  return `${day.getDate()} ${MONTHS[day.getMonth()]}`;
}

function buildMenu(redis, sessionConfig) {
  const menu = new UssdMenu();
  menu.sessionConfig(sessionConfig);
  const get = (name) => menu.session.get(name);
  const set = (name, value) => menu.session.set(name, value);
  const fail = () => menu.end(texts.en.later);

  menu.startState({
    run: async () => {
      try {
        const contact = await redis.hgetall(`contact:${menu.args.phoneNumber}`);
        const language = contact.language || 'en';
        await Promise.all([set('language', language), set('district', contact.district || '')]);
        menu.con(texts[language].menu);
      } catch {
        fail();
      }
    },
    next: { 1: 'group' },
  });

  menu.state('group', {
    run: async () => {
      try {
        menu.con(texts[await get('language')].group);
      } catch {
        fail();
      }
    },
    next: { '*^([1-9]|1[0-4])$': 'leaf' },
  });

  menu.state('leaf', {
    run: async () => {
      try {
        const group = GROUPS[Number(menu.val) - 1];
        const [language] = await Promise.all([get('language'), set('group', group)]);
        menu.con(texts[language].leaf[group]);
      } catch {
        fail();
      }
    },
    next: { '*^[1-6]$': 'where' },
  });

  menu.state('where', {
    run: async () => {
      try {
        const typed = menu.val;
        const [language, group, district] = await Promise.all([get('language'), get('group'), get('district')]);
        await set('category', `${group}0${typed}`);
        menu.con(texts[language].where(texts[language].district[district]));
      } catch {
        fail();
      }
    },
    next: { 1: 'details' },
  });

  menu.state('details', {
    run: async () => {
      try {
        const [language, district] = await Promise.all([get('language'), get('district')]);
        menu.con(texts[language].details(texts[language].district[district]));
      } catch {
        fail();
      }
    },
    next: { '*^(1|.{10,160})$': 'confirm' },
  });

  menu.state('confirm', {
    run: async () => {
      try {
        const typed = menu.val;
        const [language, category, district] = await Promise.all([
          get('language'),
          get('category'),
          get('district'),
          set('details', typed === '1' ? '' : typed),
        ]);
        const { office, days } = LEAVES[category];
        const words = texts[language];
        menu.con(words.confirm(words.category[category], words.district[district], words.office[office], dueOn(days)));
      } catch {
        fail();
      }
    },
  });

  return menu;
}

module.exports = { buildMenu };

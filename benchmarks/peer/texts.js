'use strict';
// The words of the screens walked, the same as in flows/library/complaints.yaml, in two of its languages.

module.exports = {
  en: {
    menu: 'Complaint line 8484\n1 New complaint\n2 My complaints\n3 Track by number\n4 Suggestion\n5 Language',
    group:
      'What is it about?\n1 Water & sanitation\n2 Electricity & gas\n3 School & college\n4 Health\n' +
      '5 Police & crime\n6 Land & property\n0 Back\n99 More',
    leaf: {
      mun:
        'Water & sanitation:\n1 No/low water\n2 Dirty water\n3 Sewer/manhole\n4 Garbage\n5 Street light\n' +
        '6 Encroachment\n0 Back',
    },
    category: { mun01: 'No/low water', mun02: 'Dirty water', mun03: 'Sewer/manhole' },
    office: { water: 'WASA Lahore' },
    district: { lahore: 'Lahore', multan: 'Multan' },
    where: (district) => `Where is it?\n1 ${district} (last time)\n2 Another district\n0 Back`,
    details: (district) =>
      `${district}. Say it in a few words with the place (street, mosque, school):\n1 Go on without words\n0 Back`,
    confirm: (category, district, office, due) =>
      `${category}, ${district}\nTo: ${office}\nAnswer by ${due}\n1 Send\n2 Send, hide my name\n3 Change\n0 Back`,
    later: 'Could not finish now. Please try in a few minutes.',
  },
  'ur-Latn': {
    menu: 'Shikayat line 8484\n1 Nayi shikayat\n2 Meri shikayatein\n3 Number se haal\n4 Tajweez\n5 Zaban badlein',
    group:
      'Masla kya hai?\n1 Pani, safai\n2 Bijli, gas\n3 School, college\n4 Sehat\n5 Police, jurm\n' +
      '6 Zameen, makan\n7 Shanakhti card, BISP\n0 Wapis\n99 Aur',
    leaf: {
      mun:
        'Pani, safai:\n1 Pani band\n2 Ganda pani\n3 Gutter, sewer\n4 Kachra, gandagi\n5 Street light\n' +
        '6 Tajawuzat\n0 Wapis',
    },
    category: { mun01: 'Pani band', mun02: 'Ganda pani', mun03: 'Gutter, sewer' },
    office: { water: 'WASA Lahore' },
    district: { lahore: 'Lahore', multan: 'Multan' },
    where: (district) => `Masla kahan hai?\n1 ${district} (pichli dafa)\n2 Doosra zila\n0 Wapis`,
    details: (district) =>
      `${district}. Chand lafzon mein likhein, jagah bhi (gali, masjid, school):\n1 Likhe baghair aagay\n0 Wapis`,
    confirm: (category, district, office, due) =>
      `${category}, ${district}\nDaftar: ${office}\nJawab ${due} tak\n1 Bhejein\n2 Bhejein, naam khufia\n` +
      '3 Badlein\n0 Wapis',
    later: 'Abhi nahi ho saka. Thori der baad koshish karein.',
  },
};

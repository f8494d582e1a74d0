{
  const form = document.getElementById("find"), field = form.querySelector("input"), said = form.querySelector("output");
  const rows = [...document.querySelectorAll("#reports tbody tr")];
  const plain = text => text.toLowerCase().normalize("NFC");
  form.hidden = false;
  field.addEventListener("input", () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every(word => plain(row.textContent).includes(word));
    said.textContent = form.dataset.said.replace("{shown}", rows.filter(row => !row.hidden).length).replace("{all}", rows.length);
  });
  form.addEventListener("submit", event => event.preventDefault());
}

const app = document.getElementById('app')!;
const answer = await fetch('summary');
app.textContent = JSON.stringify(await answer.json());
export {};

// Relative times and countdowns tick on: same words and the same units as acorn/ui/formats.py writes.
const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const texts = document.body.dataset;
const unit = (name, count) => texts[name].replace("{count}", count);
const MINUTE = 60_000;

const span = (milliseconds) => {
  const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
  if (minutes >= 2880) return unit("day", Math.floor(minutes / 1440));
  if (minutes >= 120) return unit("hour", Math.floor(minutes / 60));
  if (minutes > 60) return `${unit("hour", 1)} ${unit("minute", minutes - 60)}`;
  return unit("minute", minutes);
};

const ago = (milliseconds) => {
  const minutes = milliseconds / MINUTE;
  if (Math.abs(minutes) < 60) return relative.format(Math.round(minutes), "minute");
  if (Math.abs(minutes) < 48 * 60) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
};

const tone = (now, deadline, started) => {
  if (deadline <= now) return "red";
  const total = started && started < deadline ? deadline - started : 4 * 24 * 60 * MINUTE;
  const left = (deadline - now) / total;
  return left <= 0.1 ? "red" : left <= 0.25 ? "amber" : "neutral";
};

const tick = () => {
  const now = Date.now();
  for (const part of document.querySelectorAll("[data-relative]")) {
    const distance = Date.parse(part.closest("time").dateTime) - now;
    if (Math.abs(distance) >= MINUTE) part.textContent = ago(distance);
  }
  for (const clock of document.querySelectorAll("time.countdown")) {
    const deadline = Date.parse(clock.dateTime);
    const words = deadline < now ? texts.overdue : texts.left;
    clock.textContent = words.replace("{time}", span(deadline - now));
    clock.className = `countdown tone-${tone(now, deadline, Date.parse(clock.dataset.started))}`;
  }
};

setInterval(tick, 20_000);
document.addEventListener("visibilitychange", () => document.hidden || tick());

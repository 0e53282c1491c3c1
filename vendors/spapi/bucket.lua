-- One token bucket, on the server's clock, so that workers on any number of machines share one truth.
-- KEYS[1] the bucket. ARGV: command, published rate per second, burst we allow ourselves, pace (share of the rate we use), value.
--   take               -> {wait in ms (0 = granted), Amazon's rate}
--   usage              -> {tokens, Amazon's rate, ms blocked, granted in the last minute, 429s in a row}
--   adjust   rate      -> {}        Amazon's own word on its rate
--   penalise seconds   -> {ms blocked}     a 429 was earned
-- Times are microseconds; numbers with a fraction travel as text, because Redis cuts them otherwise.
local key, command = KEYS[1], ARGV[1]
local published, burst, pace = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local SECOND, SLOT, SLOTS = 1000000, 5000000, 12
local SLOW_FOR = 60 * SECOND

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * SECOND + tonumber(clock[2])
local kept = redis.call('HMGET', key, 'tokens', 'at', 'rate', 'slow_until', 'blocked_until', 'strikes')
local tokens, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
local rate = tonumber(kept[3]) or published
local slow_until, blocked_until = tonumber(kept[4]) or 0, tonumber(kept[5]) or 0
local strikes = (now < slow_until) and tonumber(kept[6]) or 0

-- refill; a clock that was set back refills nothing, and cannot block for longer than a penalty may last
local passed = math.max(0, now - at)
local slow = math.min(passed, math.max(0, math.min(now, slow_until) - at))
tokens = math.min(burst, tokens + (passed - slow / 2) * rate * pace / SECOND)
blocked_until = math.min(blocked_until, now + 3600 * SECOND)

local function keep()
  redis.call('HSET', key, 'tokens', string.format('%.17g', tokens), 'at', string.format('%.0f', now))
  -- as long as it is used: a bucket (and the rate Amazon told) lasts a day, and always longer than it takes to fill
  redis.call('PEXPIRE', key, math.ceil(math.max(86400000, burst / rate * 2000)))
end

local function count_grant()
  local slot = math.floor(now / SLOT)
  local index = slot % SLOTS
  if tonumber(redis.call('HGET', key, 's' .. index)) ~= slot then
    redis.call('HSET', key, 's' .. index, slot, 'n' .. index, 0)
  end
  redis.call('HINCRBY', key, 'n' .. index, 1)
end

local function granted_last_minute()
  local slot, sum = math.floor(now / SLOT), 0
  for index = 0, SLOTS - 1 do
    local pair = redis.call('HMGET', key, 's' .. index, 'n' .. index)
    if (tonumber(pair[1]) or -SLOTS) > slot - SLOTS then sum = sum + tonumber(pair[2]) end
  end
  return sum
end

if command == 'usage' then
  return {string.format('%.17g', tokens), string.format('%.17g', rate),
          math.ceil(math.max(0, blocked_until - now) / 1000), granted_last_minute(), strikes}
end

if command == 'adjust' then
  keep()
  redis.call('HSET', key, 'rate', ARGV[5])
  return {}
end

if command == 'penalise' then
  -- answers of calls that were under way together count once
  if now >= blocked_until then
    strikes = strikes + 1
  end
  local pause = math.max(tonumber(ARGV[5]), 1 / rate, math.min(60, 2 ^ (strikes - 1)))
  blocked_until = math.max(blocked_until, now + math.min(pause, 3600) * SECOND)
  slow_until = blocked_until + SLOW_FOR
  tokens = 0
  keep()
  redis.call('HSET', key, 'strikes', strikes,
             'blocked_until', string.format('%.0f', blocked_until), 'slow_until', string.format('%.0f', slow_until))
  return {math.ceil((blocked_until - now) / 1000)}
end

local wait = 0
if now < blocked_until then
  wait = math.ceil((blocked_until - now) / 1000)
elseif tokens >= 1 then
  tokens = tokens - 1
  count_grant()
else
  local speed = (now < slow_until) and rate * pace / 2 or rate * pace
  wait = math.max(1, math.ceil((1 - tokens) / speed * 1000))
end
keep()
return {wait, string.format('%.17g', rate)}

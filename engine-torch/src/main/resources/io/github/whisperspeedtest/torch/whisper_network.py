class WhisperNetwork(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # The Whisper network in TorchScript's serialised dialect. It holds no state: weights and caches are arguments. Shapes use these letters:
  # W windows, S sequences (ordered by window, the same number for each), T tokens, C places in the cache, H heads, D width, V vocabulary.
  #
  # The weights of a block are three lists. norms: weight and bias of each layer norm. linears: weight [out, in] and bias of each linear
  # layer. packed: the weights of the linear layers where they compute with int8; linears has only the biases then.
  #
  # In place, views are only copied to. On Apple's GPUs some other operations leave a view as it was, such as masked_fill_
  # (pytorch/pytorch#131285, pytorch/pytorch#146085).

  def linear(self: __torch__.WhisperNetwork,
    x: Tensor,
    index: int,
    linears: List[Tensor],
    packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase]) -> Tensor:
    if len(packed) > 0:
      # One scale has to do for all rows, and one with large values would cost the others their precision; so all are made equally large.
      size = torch.clamp_min(torch.amax(torch.abs(x), [-1], True), 1e-12)
      y = ops.quantized.linear_dynamic(x / size, packed[index], True) * size + linears[index]
    else:
      y = torch.linear(x, linears[2 * index], linears[2 * index + 1])
    return y

  # Quantises weights by row, for linear() to compute with int8; biases stay as they are.
  def pack(self: __torch__.WhisperNetwork,
    weights: List[Tensor]) -> List[__torch__.torch.classes.quantized.LinearPackedParamsBase]:
    packed = annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])
    for weight in weights:
      scales = torch.clamp_min(torch.amax(torch.abs(weight), [1]) / 127.0, 1e-12)
      zeros = torch.zeros_like(scales, dtype=4)
      rows = torch.quantize_per_channel(weight, scales, zeros, 0, 12)
      packed.append(ops.quantized.linear_prepack(rows, None))
    return packed

  def normalize(self: __torch__.WhisperNetwork,
    x: Tensor,
    index: int,
    norms: List[Tensor]) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], norms[2 * index], norms[2 * index + 1], 1e-05)

  # [B, T, D] to [B, H, T, D / H]
  def split_heads(self: __torch__.WhisperNetwork,
    x: Tensor,
    heads: int) -> Tensor:
    return x.view([x.size(0), x.size(1), heads, -1]).transpose(1, 2)

  def merge_heads(self: __torch__.WhisperNetwork,
    x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(2)

  # mel [W, nMels, frames] to the audio features [W, frames / 2, D]. stem: weight and bias of two convolutions, the positions, weight and
  # bias of the last norm.
  def encode(self: __torch__.WhisperNetwork,
    mel: Tensor,
    heads: int,
    stem: List[Tensor],
    norms: List[List[Tensor]],
    linears: List[List[Tensor]],
    packed: List[List[__torch__.torch.classes.quantized.LinearPackedParamsBase]]) -> Tensor:
    x = torch.gelu(torch.conv1d(mel.to(stem[0]), stem[0], stem[1], [1], [1]))
    x = torch.gelu(torch.conv1d(x, stem[2], stem[3], [2], [1]))
    x = x.transpose(1, 2)
    x = x + stem[4].narrow(0, 0, x.size(1))
    for i in range(len(norms)):
      n = norms[i]
      l = linears[i]
      p = packed[i]
      y = self.normalize(x, 0, n)
      q = self.split_heads(self.linear(y, 0, l, p), heads)
      k = self.split_heads(self.linear(y, 1, l, p), heads)
      v = self.split_heads(self.linear(y, 2, l, p), heads)
      y = self.merge_heads(torch.scaled_dot_product_attention(q, k, v))
      x = x + self.linear(y, 3, l, p)
      y = torch.gelu(self.linear(self.normalize(x, 1, n), 4, l, p))
      x = x + self.linear(y, 5, l, p)
    return torch.layer_norm(x, [x.size(-1)], stem[5], stem[6], 1e-05)

  # What the decoder reads of windows [W, nMels, frames]: keys and values [W, H, frames / 2, D / H] for each of its blocks. So many windows
  # at once go through the encoder; a processor is faster with one, whose activations stay in its cache.
  def cross_cache(self: __torch__.WhisperNetwork,
    mel: Tensor,
    at_once: int,
    audio_heads: int,
    stem: List[Tensor],
    norms: List[List[Tensor]],
    linears: List[List[Tensor]],
    packed: List[List[__torch__.torch.classes.quantized.LinearPackedParamsBase]],
    text_heads: int,
    cross_linears: List[List[Tensor]],
    cross_packed: List[List[__torch__.torch.classes.quantized.LinearPackedParamsBase]]) -> List[Tensor]:
    cache = annotate(List[Tensor], [])
    windows = mel.size(0)
    for first in range(0, windows, at_once):
      count = min(at_once, windows - first)
      audio = self.encode(mel.narrow(0, first, count), audio_heads, stem, norms, linears, packed)
      for i in range(len(cross_linears)):
        for j in range(2):
          part = self.split_heads(self.linear(audio, j, cross_linears[i], cross_packed[i]), text_heads)
          if first == 0:
            cache.append(part.new_empty([windows, part.size(1), part.size(2), part.size(3)]))
          cache[2 * i + j].narrow(0, first, count).copy_(part)
    return cache

  # Attention of q [S, H, T, D / H] to the audio of W windows: all sequences of a window go as one set of queries.
  def attend_to_audio(self: __torch__.WhisperNetwork,
    q: Tensor,
    k: Tensor,
    v: Tensor) -> Tensor:
    windows = k.size(0)
    if q.size(0) == windows:
      y = torch.scaled_dot_product_attention(q, k, v)
    else:
      rows = q.unflatten(0, [windows, -1]).transpose(1, 2).flatten(2, 3)
      y = torch.scaled_dot_product_attention(rows, k, v)
      y = y.unflatten(2, [-1, q.size(2)]).transpose(1, 2).flatten(0, 1)
    return y

  # A cache for so many sequences that have no token yet.
  def empty_cache(self: __torch__.WhisperNetwork,
    cross: List[Tensor],
    sequences: int) -> List[Tensor]:
    cache = annotate(List[Tensor], [])
    for tensor in cross:
      cache.append(tensor.new_empty([sequences, tensor.size(1), 16, tensor.size(3)]))
    return cache

  # Makes room in the cache, by doubling it, for so many tokens.
  def reserve(self: __torch__.WhisperNetwork,
    cache: List[Tensor],
    used: int,
    wanted: int,
    most: int) -> NoneType:
    have = cache[0].size(2)
    if wanted > have:
      room = min(most, max(wanted, 2 * have))
      for i in range(len(cache)):
        old = cache[i]
        grown = old.new_empty([old.size(0), old.size(1), room, old.size(3)])
        grown.narrow(2, 0, used).copy_(old.narrow(2, 0, used))
        cache[i] = grown
    return None

  # Appends tokens [S, T] to sequences that hold offset tokens, and returns what the last block makes of them, normalised: [S, T, D].
  # cache: keys and values [S, H, C, D / H] of the self-attention, two for each block, written in place or replaced by larger ones.
  # stem: the token embedding [V, D], the positions, weight and bias of the last norm.
  # scores [n, S, T, positions of the audio] gets what n heads of the cross-attention, given by block and number, compute before the softmax.
  def decode(self: __torch__.WhisperNetwork,
    tokens: Tensor,
    offset: int,
    heads: int,
    cache: List[Tensor],
    cross: List[Tensor],
    stem: List[Tensor],
    norms: List[List[Tensor]],
    linears: List[List[Tensor]],
    packed: List[List[__torch__.torch.classes.quantized.LinearPackedParamsBase]],
    scores: Tensor,
    score_blocks: List[int],
    score_heads: List[int]) -> Tensor:
    count = tokens.size(1)
    length = offset + count
    self.reserve(cache, offset, length, stem[1].size(0))
    mask = annotate(Optional[Tensor], None)
    if count > 1 and offset > 0:
      mask = torch.ones([count, length], dtype=11, device=tokens.device).tril(offset)
    x = torch.embedding(stem[0], tokens) + stem[1].narrow(0, offset, count)
    for i in range(len(norms)):
      n = norms[i]
      l = linears[i]
      p = packed[i]
      y = self.normalize(x, 0, n)
      q = self.split_heads(self.linear(y, 0, l, p), heads)
      cache[2 * i].narrow(2, offset, count).copy_(self.split_heads(self.linear(y, 1, l, p), heads))
      cache[2 * i + 1].narrow(2, offset, count).copy_(self.split_heads(self.linear(y, 2, l, p), heads))
      k = cache[2 * i].narrow(2, 0, length)
      v = cache[2 * i + 1].narrow(2, 0, length)
      y = torch.scaled_dot_product_attention(q, k, v, mask, 0., count > 1 and offset == 0)
      x = x + self.linear(self.merge_heads(y), 3, l, p)
      q = self.split_heads(self.linear(self.normalize(x, 1, n), 4, l, p), heads)
      for j in range(len(score_blocks)):
        if score_blocks[j] == i:
          head = score_heads[j]
          keys = cross[2 * i].select(1, head)
          scores.select(0, j).copy_(torch.matmul(q.select(1, head), keys.transpose(1, 2)) / torch.sqrt(q.size(3)))
      y = self.attend_to_audio(q, cross[2 * i], cross[2 * i + 1])
      x = x + self.linear(self.merge_heads(y), 5, l, p)
      y = torch.gelu(self.linear(self.normalize(x, 2, n), 6, l, p))
      x = x + self.linear(y, 7, l, p)
    return torch.layer_norm(x, [x.size(-1)], stem[2], stem[3], 1e-05)

  # hidden [N, D] to logits [N, V], always in 32 bits
  def logits(self: __torch__.WhisperNetwork,
    hidden: Tensor,
    embedding: Tensor,
    packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase]) -> Tensor:
    if len(packed) > 0:
      y = self.linear(hidden, 0, [torch.zeros([1], device=hidden.device)], packed)
    else:
      y = torch.linear(hidden, embedding)
    return y.to(6)

  # Appends tokens and computes the logits of what follows those at some positions: [S * positions, V].
  def append(self: __torch__.WhisperNetwork,
    tokens: Tensor,
    positions: List[int],
    offset: int,
    heads: int,
    cache: List[Tensor],
    cross: List[Tensor],
    stem: List[Tensor],
    norms: List[List[Tensor]],
    linears: List[List[Tensor]],
    packed: List[List[__torch__.torch.classes.quantized.LinearPackedParamsBase]],
    packed_embedding: List[__torch__.torch.classes.quantized.LinearPackedParamsBase]) -> Tensor:
    none = annotate(List[int], [])
    hidden = self.decode(tokens, offset, heads, cache, cross, stem, norms, linears, packed, stem[0], none, none)
    if len(positions) < tokens.size(1):
      hidden = hidden.index_select(1, torch.tensor(positions, dtype=4, device=hidden.device))
    return self.logits(hidden.flatten(0, 1), stem[0], packed_embedding)

  # Rows of some tensors: those of the sequences that go on.
  def select(self: __torch__.WhisperNetwork,
    tensors: List[Tensor],
    rows: List[int]) -> List[Tensor]:
    selected = annotate(List[Tensor], [])
    for i in range(len(tensors)):
      tensor = tensors[i]
      selected.append(tensor.index_select(0, torch.tensor(rows, dtype=4, device=tensor.device)))
    return selected

  # Takes the most probable token that the rules allow after each sequence, as core's greedy search does, and writes it down.
  # logits [S, V], which get overwritten. state: the tokens so far [S, most], whether a sequence has ended [S], the sum of the logarithms of
  # the probabilities [S], the latest timestamp [S], one below the first where there is none. masks: what is added to all logits, and to the
  # first, [V] each. rules: end of text, first timestamp, whether there are timestamps.
  def choose(self: __torch__.WhisperNetwork,
    logits: Tensor,
    count: int,
    state: List[Tensor],
    masks: List[Tensor],
    rules: List[int]) -> Tensor:
    never = -1e30
    end = rules[0]
    first = rules[1]
    tokens = state[0]
    ended = state[1]
    latest = state[3]
    logits.add_(masks[0])
    if count == 0:
      logits.add_(masks[1])
    no_words = torch.zeros_like(ended)
    only_times = torch.zeros_like(ended)
    if rules[2] != 0 and count == 0:
      only_times = torch.ones_like(ended)
    elif rules[2] != 0:
      last_is_time = tokens.select(1, count - 1) >= first
      if count > 1:
        no_words = last_is_time & (tokens.select(1, count - 2) < first)
      # After a pair of timestamps there is none, after one alone the same may follow, otherwise only a later one.
      lowest = torch.where(no_words, latest, torch.where(last_is_time, logits.size(1), latest + 1))
      ids = torch.arange(first, logits.size(1), device=logits.device)
      times = logits.narrow(1, first, logits.size(1) - first)
      times.copy_(times.masked_fill(ids < lowest.unsqueeze(1), never))
    # Going over the whole vocabulary is what takes time here. So words that are not allowed stay in the softmax, and the sum over what is
    # allowed, which is small then, makes up for them.
    logs = torch.log_softmax(logits, 1)
    best_word, word_at = torch.max(logs.narrow(1, 0, end), 1)
    ends = logs.narrow(1, end, first - end)
    best_end, end_at = torch.max(ends, 1)
    times = logs.narrow(1, first, logs.size(1) - first)
    best_time, time_at = torch.max(times, 1)
    times_sum = torch.logsumexp(times, [1])
    is_end = no_words | (best_end > best_word)
    best_text = torch.where(is_end, best_end, best_word)
    only_times = only_times | (times_sum > best_text)
    is_time = only_times | (best_time > best_text)
    allowed = torch.logaddexp(torch.logsumexp(ends, [1]), times_sum).masked_fill(~no_words, 0.)
    allowed = torch.where(only_times, times_sum, allowed)
    log_probability = torch.where(is_time, best_time, best_text) - allowed
    token = torch.where(is_time, time_at + first, torch.where(is_end, end_at + end, word_at)).masked_fill(ended, end)
    state[2].add_(log_probability.masked_fill(ended, 0.))
    tokens.select(1, count).copy_(token)
    latest.copy_(torch.where(token >= first, token, latest))
    ended.logical_or_(token == end)
    return token

  # What a greedy search begins with: the last logits [S, V] of each prompt, the state and the masks for choose(), and the probability [S]
  # that nobody speaks. logits [S * positions, V]: after the start of the transcript and after the prompt, which may be one and the same.
  def start_greedy(self: __torch__.WhisperNetwork,
    logits: Tensor,
    positions: int,
    no_speech: int,
    never: List[int],
    not_first: List[int],
    first_timestamp: int,
    most: int) -> Tuple[List[Tensor], List[Tensor], List[Tensor], Tensor]:
    rows = logits.unflatten(0, [-1, positions])
    silence = torch.softmax(rows.select(1, 0), -1).select(1, no_speech)
    last = rows.select(1, positions - 1).clone()
    sequences = last.size(0)
    device = last.device
    tokens = torch.zeros([sequences, most], dtype=4, device=device)
    ended = torch.zeros([sequences], dtype=11, device=device)
    sums = torch.zeros([sequences], dtype=6, device=device)
    latest = torch.full([sequences], first_timestamp - 1, dtype=4, device=device)
    masks = annotate(List[Tensor], [])
    for ids in [never, not_first]:
      mask = torch.zeros([last.size(1)], dtype=6, device=device)
      masks.append(mask.index_fill_(0, torch.tensor(ids, dtype=4, device=device), -1e30))
    return ([last], [tokens, ended, sums, latest], masks, silence)

  # Goes on from the last logits [S, V] for some more tokens at most, and returns the logits after the last of them and how many there are now.
  # start: tokens before the decoded ones.
  def greedy(self: __torch__.WhisperNetwork,
    last: List[Tensor],
    start: int,
    decoded: int,
    steps: int,
    state: List[Tensor],
    masks: List[Tensor],
    rules: List[int],
    heads: int,
    cache: List[Tensor],
    cross: List[Tensor],
    stem: List[Tensor],
    norms: List[List[Tensor]],
    linears: List[List[Tensor]],
    packed: List[List[__torch__.torch.classes.quantized.LinearPackedParamsBase]],
    packed_embedding: List[__torch__.torch.classes.quantized.LinearPackedParamsBase]) -> Tuple[List[Tensor], int]:
    logits = last[0]
    count = decoded
    goes_on = True
    while goes_on:
      token = self.choose(logits, count, state, masks, rules)
      count = count + 1
      goes_on = count < state[0].size(1) and not bool(state[1].all())
      if goes_on:
        logits = self.append(token.unsqueeze(1), [0], start + count - 1, heads, cache, cross, stem, norms, linears, packed, packed_embedding)
        goes_on = count < decoded + steps
    return ([logits], count)

  # A tensor in a type, which an integer stands for, and on the device of another one; itself where it is so already.
  def convert(self: __torch__.WhisperNetwork,
    x: Tensor,
    dtype: int,
    like: Tensor) -> Tensor:
    return x.to(like.device, dtype)

  # The same matrix with the elements of a column, instead of those of a row, next to each other in memory.
  def column_major(self: __torch__.WhisperNetwork,
    x: Tensor) -> Tensor:
    return x.transpose(0, 1).contiguous().transpose(0, 1)

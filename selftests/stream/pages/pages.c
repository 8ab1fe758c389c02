// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages SEED: the arithmetic of drivers/tao/audio/chunk.c with pages of 4, 16 and 64 KiB, adapters
 * that align to 4, 128 and 512 bytes, and WRITEs and lists of pages of any length. Random pieces
 * from programs, pipes and lists of pages have to be in the chunk in their order, as the adapter
 * wants them; no page may stay held. Limits are compared with what division says.
 */
#include "chunk.c"

#define ROUNDS		12
#define MEMORY_BYTES	1048576
#define MEMORY_PAGES	(MEMORY_BYTES / 4096)

u32 page_size;
struct page zero_page;

static u8 *memory;
static u8 zeros[65536];
static struct page memory_pages[MEMORY_PAGES];
static int own_pages;		/* allocated and not freed */
static bool failed;
static u8 expected[MEMORY_BYTES];	/* what the chunk has to have */
static struct request_queue queue;
static struct scsi_device sdev = { .request_queue = &queue };
static struct tao_device td = { .sdev = &sdev };
static struct bio_vec list[MEMORY_PAGES + 3];

void fail(const char *what)
{
	if (!failed)
		printf("# page %u alignment %u max_sectors %u segments %u boundary %lu: %s\n",
		       page_size, queue.mask + 1, queue.hw_sectors, queue.segments, queue.boundary,
		       what);
	failed = true;
}

#define CHECK(x)	do { if (!(x)) fail(#x); } while (0)

static u32 random_below(u32 n)
{
	return n ? (u32)random() % n : 0;
}

/* --- what shim.h promises --- */

struct page *alloc_page(int flags)
{
	struct page *page = malloc(sizeof(*page));

	*page = (struct page){ .data = malloc(page_size), .refs = 1 + flags };
	memset(page->data, 0xa5, page_size);
	own_pages++;
	return page;
}

void put_page(struct page *page)
{
	CHECK(page->refs > 0);
	if (--page->refs)
		return;
	own_pages--;
	free(page->data);
	free(page);
}

/* Now and then fewer than are wanted, or none: they are not there. */
int get_user_pages_fast_only(unsigned long address, int wanted, int flags, struct page **pages)
{
	int first = (address - (unsigned long)memory) / page_size;
	int got = random_below(4) ? wanted : (int)random_below(wanted + 1) + flags;
	int i;

	for (i = 0; i < got; i++) {
		pages[i] = &memory_pages[first + i];
		get_page(pages[i]);
	}
	return got;
}

static void iov_iter_seek(struct iov_iter *i, size_t at)
{
	const struct bio_vec *bv = i->list;

	i->count = i->count + i->at - at;
	i->at = at;
	if (!bv) {
		i->iov_offset = at;
		return;
	}
	while (at >= bv->bv_len)
		at -= bv++->bv_len;
	i->bvec = bv;
	i->iov_offset = at;
}

void iov_iter_advance(struct iov_iter *i, size_t n)
{
	CHECK(n <= i->count);
	iov_iter_seek(i, i->at + n);
}

void iov_iter_revert(struct iov_iter *i, size_t n)
{
	CHECK(n <= i->at);
	iov_iter_seek(i, i->at - n);
}

size_t iov_iter_single_seg_count(const struct iov_iter *i)
{
	return i->list ? min(i->count, (size_t)(i->bvec->bv_len - i->iov_offset)) : i->count;
}

size_t copy_page_from_iter(struct page *page, size_t offset, size_t n, struct iov_iter *i)
{
	size_t done = 0;

	CHECK(offset + n <= page_size);
	while (done < n) {
		const struct bio_vec *bv = i->bvec;
		size_t len = n - done;

		if (i->list && i->iov_offset == bv->bv_len) {
			i->bvec++;
			i->iov_offset = 0;
			continue;
		}
		len = i->list ? min(len, bv->bv_len - i->iov_offset) : len;
		memcpy(page->data + offset + done, i->list ?
		       bv->bv_page->data + bv->bv_offset + i->iov_offset :
		       (u8 *)i->ubuf + i->iov_offset, len);
		iov_iter_advance(i, len);
		done += len;
	}
	return n;
}

/* --- limits --- */

static void check_limits(void)
{
	const struct tao_limits *l = &td.stream.limits;
	u32 bytes = min((queue.segments - 1) * page_size, queue.hw_sectors * 512);
	u32 quantum = 1;

	while (quantum * 2352 % (queue.mask + 1))
		quantum++;
	if (quantum * 2352 > bytes)
		quantum = quantum == 1;
	CHECK(l->quantum_sectors == quantum);
	CHECK(l->write_sectors == 1 || l->write_sectors * 2352 <= bytes);
	CHECK(l->write_sectors <= 32);
	/* Not smaller than it has to be */
	CHECK((l->write_sectors + max(quantum, 1U)) * 2352 > bytes ||
	      l->write_sectors + max(quantum, 1U) > 32);
	CHECK(l->maps == (quantum && !(l->write_sectors % quantum)));
	CHECK(l->pieces <= queue.segments);
	CHECK(l->pieces >= DIV_ROUND_UP(l->write_sectors * 2352, page_size));
}

/* --- one chunk --- */

/* A list of pages as io_uring's, that may begin with a piece that is used up. */
static struct iov_iter from_list(u32 start, u32 len)
{
	u32 skip = random_below(2) * 100;
	u32 at = start, n = 0;
	struct iov_iter i = { .list = list };

	list[n++] = (struct bio_vec){ .bv_page = memory_pages, .bv_len = skip };
	while (at < start + len) {
		u32 offset = at % page_size;
		u32 piece = min(start + len - at, page_size * (1 + random_below(3)) - offset);

		list[n++] = (struct bio_vec){ &memory_pages[at / page_size], piece, offset };
		at += piece;
	}
	/* Where the list ends; the first piece may be used up, and stays the first. */
	list[n] = (struct bio_vec){ .bv_len = 1 };
	i.bvec = list;
	i.iov_offset = skip;
	i.at = skip;
	i.count = len;
	return i;
}

static struct iov_iter from_program(u32 start, u32 len)
{
	return (struct iov_iter){ .ubuf = memory + start, .count = len };
}

/* Somewhere in memory, often at the start of a page or as the adapter likes it */
static u32 random_start(u32 len)
{
	u32 start = random_below(MEMORY_BYTES - len);

	switch (random_below(3)) {
	case 0:
		return start / page_size * page_size;
	case 1:
		return start & ~queue.mask;
	default:
		return start;
	}
}

static void fill(struct tao_chunk *c, u32 len, bool whole)
{
	u32 start = random_start(len);
	struct iov_iter from = random_below(2) ? from_list(start, len) : from_program(start, len);

	memcpy(expected + c->bytes, memory + start, len);
	CHECK(!tao_chunk_fill(&td.stream, c, &from, len, whole));
	CHECK(!from.count);
}

static void add_page(struct tao_chunk *c, u32 len)
{
	u32 start = random_start(len);
	u32 offset = start % page_size;
	u32 at = c->bytes;
	ssize_t n;

	len = min(len, page_size - offset);
	memcpy(expected + at, memory + start, len);
	n = tao_chunk_add_page(&td.stream, c, &memory_pages[start / page_size], offset, len);
	CHECK(n > 0 && n <= len && c->bytes == at + n);
}

static void check_chunk(const struct tao_chunk *c)
{
	u32 i, at = 0;

	CHECK(c->pieces_count <= td.stream.limits.pieces);
	for (i = 0; i < c->pieces_count; i++) {
		const struct bio_vec *p = &c->pieces[i];
		bool last = i == c->pieces_count - 1;

		CHECK(p->bv_len && p->bv_offset + p->bv_len <= page_size);
		CHECK(!memcmp(p->bv_page->data + p->bv_offset, expected + at, p->bv_len));
		CHECK(!(p->bv_offset & queue.mask));
		CHECK(last || !(p->bv_len & queue.mask));
		CHECK(!i || !(p->bv_offset & queue.boundary));
		CHECK(last || !((p->bv_offset + p->bv_len) & queue.boundary));
		at += p->bv_len;
	}
	CHECK(at == c->bytes);
}

static void one_chunk(void)
{
	struct tao_stream *s = &td.stream;
	u32 bytes = tao_stream_write_bytes(s);
	struct tao_chunk *c = tao_chunk_alloc(s);
	u32 parts = random_below(5);
	u32 i;

	s->spare_page = alloc_page(0);
	for (i = 0; i < parts && c->bytes < bytes; i++) {
		u32 len = random_below(min(bytes - c->bytes, random_below(2) ? bytes : 600)) + 1;

		tao_chunk_keep(c);
		if (random_below(2))
			add_page(c, len);
		else
			fill(c, len, false);
		if (!random_below(4))
			tao_chunk_rewind(c);
	}
	if (random_below(3)) {
		fill(c, bytes - c->bytes, true);
	} else {
		memset(expected + c->bytes, 0, bytes - c->bytes);
		tao_chunk_fill_silence(s, c, bytes - c->bytes);
	}
	CHECK(c->bytes == bytes);
	check_chunk(c);
	tao_chunk_free(c);
	if (s->spare_page)
		put_page(s->spare_page);
	CHECK(!own_pages);
	CHECK(zero_page.refs == 1);
	for (i = 0; i < MEMORY_BYTES / page_size; i++)
		CHECK(memory_pages[i].refs == 1);
}

static void try_adapter(u32 max_sectors, u32 segments, unsigned long boundary)
{
	u32 i;

	queue.hw_sectors = max_sectors;
	queue.segments = segments;
	queue.boundary = boundary;
	tao_chunk_read_limits(&td);
	check_limits();
	for (i = 0; i < ROUNDS && !failed; i++)
		one_chunk();
	/* Any number of sectors that a user sets */
	for (i = 0; i < ROUNDS && !failed; i++) {
		u32 sectors = 1 + random_below(td.stream.limits.write_sectors_max);

		CHECK(!tao_chunk_set_write_sectors(&td, sectors));
		one_chunk();
	}
}

static void try_pages(u32 size, u32 alignment)
{
	static const u32 max_sectors[] = { 64, 128, 240, 2048 };
	static const u32 segments[] = { 8, 20, 128 };
	static int number;
	u32 i, k;

	page_size = size;
	queue.mask = alignment - 1;
	failed = false;
	for (i = 0; i < MEMORY_BYTES / size; i++)
		memory_pages[i] = (struct page){ .data = memory + i * size, .refs = 1 };
	/* One that nobody may hold */
	memory_pages[3].slab = true;
	for (i = 0; i < ARRAY_SIZE(max_sectors); i++)
		for (k = 0; k < ARRAY_SIZE(segments); k++) {
			try_adapter(max_sectors[i], segments[k], 0);
			try_adapter(max_sectors[i], segments[k], 4095);
		}
	printf("%s %d pages of %u bytes, alignment %u\n", failed ? "not ok" : "ok", ++number, size,
	       alignment);
}

int main(int argc, char **argv)
{
	static const u32 sizes[] = { 4096, 16384, 65536 }, alignments[] = { 4, 128, 512 };
	u32 i, k;
	bool bad = false;

	setlinebuf(stdout);
	srandom(argc > 1 ? atoi(argv[1]) : 1);
	memory = aligned_alloc(65536, MEMORY_BYTES);
	for (i = 0; i < MEMORY_BYTES; i++)
		memory[i] = random();
	zero_page = (struct page){ .data = zeros, .refs = 1 };
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (k = 0; k < ARRAY_SIZE(alignments); k++) {
			try_pages(sizes[i], alignments[k]);
			bad |= failed;
		}
	free(memory);
	printf("1..9\n");
	return bad;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cdr-sim/NAME: the disc as a file.
 *
 * The file starts with a text that describes sessions and tracks, in a block of IMAGE_TEXT_SIZE
 * bytes. The frames of the program area follow, from the first pregap on. Reading returns the
 * disc in the drive, as it was when the file was opened. Writing creates a new disc; "image"
 * written to the attribute insert inserts it.
 */

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "cdr-sim.h"

#define IMAGE_TEXT_SIZE	131072
#define IMAGE_VERSION	1
#define STATE_SIZE	9
#define TRACK_FORMAT \
	"track %d control %d start %d length %u state %8s isrc %12s pregap %u runout %u"
/* Stands in the place of "final". */
#define HALF_BLANK	2

/**
 * struct image_file - an open file
 * @drive:	the drive that the file belongs to
 * @lock:	protects the members below
 * @disc:	the disc that is being written
 * @text:	the description of @disc or of the disc in the drive
 * @frame:	buffer for one frame
 */
struct image_file {
	struct cdr_drive *drive;
	struct mutex lock;	/* see above */
	struct cdr_disc *disc;
	char *text;
	u8 frame[CDR_RAW];
};

static const char * const media[] = { "cdrom", "cdr", "cdrw" };

/* Generating the description */

static const char *track_state(const struct cdr_track *track)
{
	if (track->open)
		return "open";
	return track->damaged ? "damaged" : "recorded";
}

static int put_track(char *text, int len, const struct cdr_disc *disc, int number)
{
	const struct cdr_track *t = &disc->track[number - 1];

	return scnprintf(text + len, IMAGE_TEXT_SIZE - len,
			 "track %d control %d start %d length %u state %s isrc %s pregap %u runout %u\n",
			 cdr_number(disc, number), t->control, t->start, t->length, track_state(t),
			 t->isrc[0] ? t->isrc : "-", t->pregap, t->runout);
}

static int put_marks(char *text, int len, const struct cdr_disc *disc, int track)
{
	int i, start = len;

	for (i = 0; i < disc->nmarks; i++)
		if (disc->mark[i].track == track)
			len += scnprintf(text + len, IMAGE_TEXT_SIZE - len, "index %d lba %d\n",
					 disc->mark[i].index, disc->mark[i].lba);
	return len - start;
}

static int put_packs(char *text, int len, const struct cdr_disc *disc)
{
	int i, start = len;

	for (i = 0; i < disc->npacks; i++)
		len += scnprintf(text + len, IMAGE_TEXT_SIZE - len, "text %*phN\n", CDR_PACK,
				 disc->pack[i]);
	return len - start;
}

static const char *session_state(const struct cdr_session *session)
{
	if (session->closed)
		return "closed";
	if (session->cut)
		return "cut";
	return session->damaged ? "damaged" : "open";
}

static int put_session(char *text, int len, const struct cdr_disc *disc, int number)
{
	const struct cdr_session *s = &disc->session[number - 1];

	return scnprintf(text + len, IMAGE_TEXT_SIZE - len,
			 "session %d format %d state %s leadout %d mcn %s by %s\n",
			 number, s->format, session_state(s),
			 s->closed ? s->leadout : 0, s->mcn[0] ? s->mcn : "-",
			 s->at_once ? "session" : "track");
}

static void describe(const struct cdr_disc *disc, char *text)
{
	int len, n, i;

	len = scnprintf(text, IMAGE_TEXT_SIZE, "cdr-sim-disc %d medium %s leadout %d final %d\n",
			IMAGE_VERSION, media[disc->medium], disc->last_leadout,
			disc->half_blank ? HALF_BLANK : disc->final);
	for (n = 1; n <= disc->nsessions; n++) {
		len += put_session(text, len, disc, n);
		for (i = disc->session[n - 1].first; i <= cdr_disc_session_last(disc, n); i++) {
			len += put_track(text, len, disc, i);
			len += put_marks(text, len, disc, i);
		}
	}
	put_packs(text, len, disc);
}

/* Parsing the description */

static int parse_disc(const char *line, struct cdr_disc **disc)
{
	char medium[STATE_SIZE];
	int version, leadout, final, i;

	if (sscanf(line, "cdr-sim-disc %d medium %8s leadout %d final %d",
		   &version, medium, &leadout, &final) != 4 || version != IMAGE_VERSION)
		return -EINVAL;
	i = match_string(media, ARRAY_SIZE(media), medium);
	if (i < 0 || leadout < CDR_MIN_LEADOUT || leadout > CDR_MAX_LEADOUT)
		return -EINVAL;
	*disc = cdr_disc_new(i, leadout);
	if (!*disc)
		return -ENOMEM;
	(*disc)->final = final == 1;
	(*disc)->half_blank = i == CDR_MEDIUM_RW && final == HALF_BLANK;
	return 0;
}

/* The last session is complete: does it have everything that it must have? */
static bool session_sound(const struct cdr_disc *disc)
{
	const struct cdr_session *s;

	if (!disc->nsessions)
		return true;
	s = &disc->session[disc->nsessions - 1];
	if (s->first > disc->ntracks)
		return false;
	if (!s->closed)
		return true;
	return !disc->track[disc->ntracks - 1].open && s->leadout >= cdr_disc_end(disc);
}

static int parse_session(const char *line, struct cdr_disc *disc)
{
	struct cdr_session *s = &disc->session[disc->nsessions];
	char state[STATE_SIZE], mcn[14], by[STATE_SIZE] = "";
	int number, format, leadout;

	if (sscanf(line, "session %d format %d state %8s leadout %d mcn %13s by %8s",
		   &number, &format, state, &leadout, mcn, by) < 5)
		return -EINVAL;
	if (number != disc->nsessions + 1 || number > CDR_TRACKS || !session_sound(disc) ||
	    (disc->nsessions && cdr_disc_open_session(disc)))
		return -EINVAL;
	s->first = disc->ntracks + 1;
	s->format = format;
	s->closed = !strcmp(state, "closed");
	s->cut = !strcmp(state, "cut");
	s->damaged = s->cut || !strcmp(state, "damaged");
	s->at_once = !strcmp(by, "session");
	s->leadout = leadout;
	if (strcmp(mcn, "-"))
		strscpy(s->mcn, mcn, sizeof(s->mcn));
	disc->nsessions++;
	return 0;
}

/* On a pressed disc all sectors between two tracks are readable, and belong to the second track. */
static void set_surroundings(const struct cdr_disc *disc, struct cdr_track *t)
{
	bool first = !disc->ntracks;

	if (disc->medium == CDR_MEDIUM_ROM) {
		t->pregap = t->start - (first ? -CDR_PREGAP : cdr_disc_end(disc));
		t->runout = 0;
	} else {
		t->pregap = CDR_PREGAP;
		t->runout = CDR_RUNOUT;
	}
}

static bool track_sound(struct cdr_disc *disc, const struct cdr_track *t)
{
	bool first = !disc->ntracks;

	if (!disc->nsessions || (!first && disc->track[disc->ntracks - 1].open))
		return false;
	if (t->open && disc->session[disc->nsessions - 1].closed)
		return false;
	if (t->start > disc->last_leadout || t->pregap > (u32)(t->start + CDR_PREGAP))
		return false;
	if (t->start < (first ? 0 : cdr_disc_end(disc)))
		return false;
	if (!first && t->start - (s32)t->pregap < cdr_disc_end(disc))
		return false;
	return t->length <= (u32)(disc->last_leadout - t->start);
}

static int parse_track(const char *line, struct cdr_disc *disc)
{
	struct cdr_track t = { };
	char state[STATE_SIZE], isrc[13];
	int number, control, n;
	u32 pregap, runout;

	n = sscanf(line, TRACK_FORMAT, &number, &control, &t.start, &t.length, state, isrc,
		   &pregap, &runout);
	if (n != 6 && n != 8)
		return -EINVAL;
	if (n == 8 && runout > CDR_RUNOUT)
		return -EINVAL;
	set_surroundings(disc, &t);
	if (n == 8) {
		t.pregap = pregap;
		t.runout = runout;
	}
	if (!disc->ntracks && number >= 1 && number <= CDR_TRACKS)
		disc->before = number - 1;
	t.control = control & 0x0f;
	t.session = disc->nsessions;
	t.open = !strcmp(state, "open");
	t.damaged = t.open || !strcmp(state, "damaged");
	if (strcmp(isrc, "-"))
		strscpy(t.isrc, isrc, sizeof(t.isrc));
	if (number != cdr_number(disc, disc->ntracks + 1) || number > CDR_TRACKS ||
	    !track_sound(disc, &t))
		return -EINVAL;
	if (!disc->ntracks && disc->medium != CDR_MEDIUM_ROM && !disc->session[0].at_once)
		cdr_disc_set_id(disc);
	disc->track[disc->ntracks++] = t;
	return 0;
}

/* A mark belongs to the track in the line above. */
static int parse_mark(const char *line, struct cdr_disc *disc)
{
	struct cdr_mark *mark = &disc->mark[disc->nmarks];
	const struct cdr_track *t = &disc->track[disc->ntracks - 1];
	int index, next = 2;

	if (!disc->ntracks || disc->nmarks == CDR_MARKS ||
	    sscanf(line, "index %d lba %d", &index, &mark->lba) != 2)
		return -EINVAL;
	if (disc->nmarks && mark[-1].track == disc->ntracks)
		next = mark[-1].index + 1;
	if (index != next || index > CDR_TRACKS || mark->lba < t->start ||
	    mark->lba >= cdr_track_end(t) || (next > 2 && mark->lba <= mark[-1].lba))
		return -EINVAL;
	mark->track = disc->ntracks;
	mark->index = index;
	disc->nmarks++;
	return 0;
}

static int parse_pack(const char *line, struct cdr_disc *disc)
{
	const char *hex = line + strlen("text ");

	if (strlen(hex) != 2 * CDR_PACK || disc->npacks == CDR_PACKS ||
	    hex2bin(disc->pack[disc->npacks], hex, CDR_PACK))
		return -EINVAL;
	disc->npacks++;
	return 0;
}

static int parse_line(const char *line, struct cdr_disc **disc)
{
	if (!*disc)
		return parse_disc(line, disc);
	if (str_has_prefix(line, "session "))
		return parse_session(line, *disc);
	if (str_has_prefix(line, "track "))
		return parse_track(line, *disc);
	if (str_has_prefix(line, "index "))
		return parse_mark(line, *disc);
	if (str_has_prefix(line, "text "))
		return parse_pack(line, *disc);
	return *line ? -EINVAL : 0;
}

static int parse(char *text, struct cdr_disc **disc)
{
	char *line;
	int ret = 0;

	while (!ret && (line = strsep(&text, "\n")))
		ret = parse_line(line, disc);
	if (!ret && (!*disc || !session_sound(*disc) ||
		     ((*disc)->final && cdr_disc_open_session(*disc)) ||
		     (!cdr_disc_writable(*disc) && !(*disc)->half_blank && !(*disc)->nsessions)))
		ret = -EINVAL;
	return ret;
}

/* File operations */

static loff_t image_size(struct cdr_drive *d)
{
	loff_t size = 0;

	spin_lock_irq(&d->lock);
	cdr_update(d);
	if (d->disc)
		size = IMAGE_TEXT_SIZE + cdr_disc_pos(cdr_disc_end(d->disc));
	spin_unlock_irq(&d->lock);
	return size;
}

/* Describe the disc at once: later changes to it are not included. */
static int open_for_reading(struct image_file *f)
{
	struct cdr_drive *d = f->drive;
	int ret = 0;

	spin_lock_irq(&d->lock);
	cdr_update(d);
	if (d->disc)
		describe(d->disc, f->text);
	else
		ret = -ENOMEDIUM;
	spin_unlock_irq(&d->lock);
	return ret;
}

static int image_open(struct inode *inode, struct file *file)
{
	struct cdr_drive *d = container_of(file->private_data, struct cdr_drive, misc);
	struct image_file *f;
	int ret = 0;

	if ((file->f_flags & O_ACCMODE) == O_RDWR)
		return -EINVAL;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	/* one more byte for the terminating zero */
	f->text = kvzalloc(IMAGE_TEXT_SIZE + 1, GFP_KERNEL);
	if (!f->text) {
		kfree(f);
		return -ENOMEM;
	}
	mutex_init(&f->lock);
	f->drive = d;
	if (file->f_mode & FMODE_READ)
		ret = open_for_reading(f);
	if (ret) {
		kvfree(f->text);
		kfree(f);
		return ret;
	}
	config_item_get(&d->item);
	file->private_data = f;
	return 0;
}

static int image_release(struct inode *inode, struct file *file)
{
	struct image_file *f = file->private_data;
	struct cdr_drive *d = f->drive;
	struct cdr_disc *old = NULL;

	if (f->disc) {
		spin_lock_irq(&d->lock);
		old = d->imported;
		d->imported = f->disc;
		spin_unlock_irq(&d->lock);
	}
	cdr_disc_free(old);
	kvfree(f->text);
	kfree(f);
	config_item_put(&d->item);
	return 0;
}

static bool data_sector(const struct cdr_disc *disc, s32 lba)
{
	int i;

	for (i = 0; i < disc->ntracks; i++) {
		const struct cdr_track *t = &disc->track[i];

		if (lba >= t->start && lba < t->start + (s32)t->length)
			return cdr_track_is_data(t);
	}
	return false;
}

static bool load_frame(struct image_file *f, u32 number)
{
	struct cdr_drive *d = f->drive;
	s32 lba = (s32)number - CDR_PREGAP;
	bool there;

	spin_lock_irq(&d->lock);
	there = d->disc && lba < cdr_disc_end(d->disc);
	if (there) {
		cdr_disc_load(d->disc, cdr_disc_pos(lba), f->frame, CDR_RAW);
		if (data_sector(d->disc, lba))
			cdr_sector_frame(f->frame, lba);
	}
	spin_unlock_irq(&d->lock);
	return there;
}

static ssize_t read_frames(struct image_file *f, char __user *buf, size_t count, u64 pos)
{
	size_t done = 0;

	while (done < count) {
		u32 offset;
		u32 number = div_u64_rem(pos + done, CDR_RAW, &offset);
		u32 n = min_t(size_t, count - done, CDR_RAW - offset);

		if (number > CDR_MAX_LEADOUT + CDR_PREGAP || !load_frame(f, number))
			break;
		if (copy_to_user(buf + done, f->frame + offset, n))
			return done ?: -EFAULT;
		done += n;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static ssize_t image_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct image_file *f = file->private_data;
	ssize_t ret;

	if (*ppos < IMAGE_TEXT_SIZE)
		return simple_read_from_buffer(buf, count, ppos, f->text, IMAGE_TEXT_SIZE);
	mutex_lock(&f->lock);
	ret = read_frames(f, buf, count, *ppos - IMAGE_TEXT_SIZE);
	mutex_unlock(&f->lock);
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static ssize_t write_text(struct image_file *f, const char __user *buf, size_t count)
{
	int ret;

	count = min_t(size_t, count, IMAGE_TEXT_SIZE);
	if (f->disc)
		return -EINVAL;
	if (copy_from_user(f->text, buf, count))
		return -EFAULT;
	f->text[count] = '\0';
	ret = parse(f->text, &f->disc);
	if (!ret)
		return count;
	cdr_disc_free(f->disc);
	f->disc = NULL;
	return ret;
}

/*
 * No one else can see the disc yet, so this can wait until memory is available. The lock does not
 * protect the disc, but a store must always be used with interrupts off.
 */
static int store_patiently(struct image_file *f, u64 pos, u32 len)
{
	int ret;

	do {
		spin_lock_irq(&f->drive->lock);
		ret = cdr_disc_store(f->disc, pos, f->frame, len);
		spin_unlock_irq(&f->drive->lock);
		if (ret && msleep_interruptible(10))
			return -EINTR;
	} while (ret);
	return 0;
}

static ssize_t write_frames(struct image_file *f, const char __user *buf, size_t count, u64 pos)
{
	u64 end = cdr_disc_pos(f->disc->last_leadout);
	size_t done = 0;

	if (pos >= end)
		return -ENOSPC;
	count = min_t(u64, count, end - pos);
	while (done < count) {
		u32 n = min_t(size_t, count - done, CDR_RAW);

		if (copy_from_user(f->frame, buf + done, n))
			return done ?: -EFAULT;
		if (store_patiently(f, pos + done, n))
			return done ?: -EINTR;
		done += n;
		cond_resched();
	}
	return done;
}

static ssize_t image_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct image_file *f = file->private_data;
	ssize_t ret;

	mutex_lock(&f->lock);
	if (!*ppos)
		ret = write_text(f, buf, count);
	else if (*ppos < IMAGE_TEXT_SIZE || !f->disc)
		ret = -EINVAL;
	else
		ret = write_frames(f, buf, count, *ppos - IMAGE_TEXT_SIZE);
	mutex_unlock(&f->lock);
	if (ret > 0)
		*ppos += ret;
	return ret;
}

static loff_t image_llseek(struct file *file, loff_t offset, int whence)
{
	struct image_file *f = file->private_data;
	loff_t most = IMAGE_TEXT_SIZE + cdr_disc_pos(CDR_MAX_LEADOUT);

	return generic_file_llseek_size(file, offset, whence, most, image_size(f->drive));
}

static const struct file_operations image_fops = {
	.owner		= THIS_MODULE,
	.open		= image_open,
	.release	= image_release,
	.read		= image_read,
	.write		= image_write,
	.llseek		= image_llseek,
};

/**
 * cdr_image_register() - make /dev/cdr-sim/NAME
 * @d:		the drive
 * @name:	name of the file
 *
 * Return: 0 or an errno
 */
int cdr_image_register(struct cdr_drive *d, const char *name)
{
	int ret = -ENOMEM;

	d->misc.minor = MISC_DYNAMIC_MINOR;
	d->misc.fops = &image_fops;
	d->misc.mode = 0600;
	d->misc.name = kasprintf(GFP_KERNEL, "cdr-sim-%s", name);
	d->misc.nodename = kasprintf(GFP_KERNEL, "cdr-sim/%s", name);
	if (d->misc.name && d->misc.nodename)
		ret = misc_register(&d->misc);
	if (ret) {
		kfree(d->misc.nodename);
		kfree(d->misc.name);
	}
	return ret;
}

/**
 * cdr_image_unregister() - remove the file; open files keep the drive
 * @d:	the drive
 */
void cdr_image_unregister(struct cdr_drive *d)
{
	misc_deregister(&d->misc);
	kfree(d->misc.nodename);
	kfree(d->misc.name);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/taoN: the face to programs. Checks what they say and hands it on; no policy here.
 */
#include <linux/compat.h>
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "face.h"

#define TAO_WAIT_MS_MAX	600000

#define reserved_is_zero(s)	(!memchr_inv((s)->reserved, 0, sizeof((s)->reserved)))

/* --- files ------------------------------------------------------------------------------------ */

static struct tao_file *tao_file_alloc(struct tao_device *td, struct file *filp)
{
	struct tao_file *file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);

	if (!file)
		return NULL;
	file->td = td;
	file->filp = filp;
	file->writable = filp->f_mode & FMODE_WRITE;
	file->task = get_task_struct(current->group_leader);
	file->pid = get_pid(task_tgid(current));
	file->uid = current_uid();
	return file;
}

static int tao_open(struct inode *inode, struct file *filp)
{
	struct tao_device *td = container_of(inode->i_cdev, struct tao_device, attach.cdev);
	struct tao_file *file;
	int err;

	if (READ_ONCE(td->now.dead) || !tao_device_get(td))
		return -ENODEV;
	file = tao_file_alloc(td, filp);
	err = file ? 0 : -ENOMEM;
	if (!err && file->writable)
		err = tao_session_open(file, filp->f_flags & O_NONBLOCK);
	if (err)
		goto put;
	filp->private_data = file;
	filp->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, filp);

put:
	if (file)
		tao_session_free_file(file);
	tao_device_put(td);
	return err;
}

static int tao_flush(struct file *filp, fl_owner_t id)
{
	struct tao_file *file = filp->private_data;

	if (!file->writable)
		return 0;
	tao_session_drop_dead(file->td);
	/* Only a hint: what it misses, the release does. */
	if (file_count(filp) > 1)
		return 0;
	return tao_session_flush(file);
}

static int tao_release(struct inode *inode, struct file *filp)
{
	struct tao_file *file = filp->private_data;
	struct tao_device *td = file->td;

	tao_session_release(file);
	tao_device_put(td);
	return 0;
}

static int tao_fsync(struct file *filp, loff_t start, loff_t end, int datasync)
{
	struct tao_file *file = filp->private_data;

	return file->writable ? tao_session_fsync(file) : -EBADF;
}

static ssize_t tao_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return tao_session_write(iocb->ki_filp->private_data, iocb, from);
}

static ssize_t tao_splice_write(struct pipe_inode_info *pipe, struct file *filp, loff_t *ppos,
				size_t len, unsigned int flags)
{
	return tao_session_splice(filp->private_data, pipe, len,
				  flags & SPLICE_F_NONBLOCK || filp->f_flags & O_NONBLOCK);
}

static __poll_t tao_poll(struct file *filp, poll_table *wait)
{
	struct tao_file *file = filp->private_data;

	poll_wait(filp, &file->td->wait, wait);
	if (file->writable)
		poll_wait(filp, &file->td->stream.wait, wait);
	return tao_status_poll(file);
}

/* --- queries --- */

static void copy_trimmed(char *to, size_t size, const char *from, size_t len)
{
	while (len && (from[len - 1] == ' ' || !from[len - 1]))
		len--;
	len = min(len, size - 1);
	memcpy(to, from, len);
	to[len] = '\0';
}

static int get_drive(struct tao_file *file, void *arg)
{
	struct tao_device *td = file->td;
	const struct tao_limits *limits = &td->stream.limits;
	dev_t disk = READ_ONCE(td->now.dead) ? 0 : tao_claim_disk(td);
	struct tao_drive *drive = arg;

	drive->api_version = TAO_API_VERSION;
	drive->flags = tao_drive_flags(td);
	copy_trimmed(drive->vendor, sizeof(drive->vendor), td->sdev->vendor, 8);
	copy_trimmed(drive->product, sizeof(drive->product), td->sdev->model, 16);
	copy_trimmed(drive->revision, sizeof(drive->revision), td->sdev->rev, 4);
	strscpy(drive->serial, td->attach.features.serial, sizeof(drive->serial));
	strscpy(drive->module_version, TAO_MODULE_VERSION, sizeof(drive->module_version));
	drive->buffer_bytes = td->attach.capabilities.buffer_bytes;
	drive->dma_alignment = limits->dma_mask;
	drive->quantum_sectors = limits->quantum_sectors;
	drive->write_sectors = limits->write_sectors;
	drive->write_sectors_max = limits->write_sectors_max;
	drive->in_flight_bytes = td->stream.queue_max;
	drive->cdrom_major = MAJOR(disk);
	drive->cdrom_minor = MINOR(disk);
	return 0;
}

static int get_medium(struct tao_file *file, void *arg)
{
	struct tao_medium *medium = arg;
	bool stale;
	int err;

	err = tao_query_refresh(file, &stale);
	if (err)
		return err;
	tao_medium_get(file->td, medium);
	if (stale)
		medium->flags |= TAO_MEDIUM_STALE;
	return 0;
}

static int get_status(struct tao_file *file, void *arg)
{
	struct tao_status *status = arg;

	tao_status_get(file->td, status);
	WRITE_ONCE(file->sequence_seen, status->sequence);
	return 0;
}

static int get_error(struct tao_file *file, void *arg)
{
	struct tao_error *error = arg;

	if (error->which > TAO_ERROR_LATEST || !reserved_is_zero(error))
		return -EINVAL;
	tao_error_get(file->td, error);
	return 0;
}

static int get_toc(struct tao_file *file, void *arg)
{
	struct tao_device *td = file->td;
	struct tao_toc *toc = arg;
	bool stale;
	int err;

	err = tao_query_refresh(file, &stale);
	if (err)
		return err;
	spin_lock_irq(&td->lock);
	*toc = td->found.toc;
	spin_unlock_irq(&td->lock);
	if (stale)
		toc->flags |= TAO_TOC_STALE;
	return 0;
}

static int get_speeds(struct tao_file *file, void *arg)
{
	struct tao_device *td = file->td;
	struct tao_speeds *speeds = arg;
	bool stale;
	int err;

	err = tao_query_refresh(file, &stale);
	if (err)
		return err;
	spin_lock_irq(&td->lock);
	*speeds = td->found.speeds;
	stale |= td->found.speeds_old;
	spin_unlock_irq(&td->lock);
	if (stale)
		speeds->flags |= TAO_SPEED_STALE;
	return 0;
}

static int get_speed(struct tao_file *file, void *arg)
{
	struct tao_device *td = file->td;

	spin_lock_irq(&td->lock);
	*(struct tao_speed *)arg = td->wanted.speed;
	spin_unlock_irq(&td->lock);
	return 0;
}

static int get_settings(struct tao_file *file, void *arg)
{
	tao_settings_get(file, arg);
	return 0;
}

static int get_text(struct tao_file *file, void *arg)
{
	struct tao_text *text = arg;
	struct tao_job *job;
	int err;

	if (!reserved_is_zero(text))
		return -EINVAL;
	err = tao_query_read_text(file, &job);
	if (err)
		return err;
	text->flags = job->result ? TAO_TEXT_STALE : 0;
	if (copy_to_user(u64_to_user_ptr(text->packs), job->text,
			 min(text->bytes, job->text_bytes)))
		err = -EFAULT;
	text->bytes = job->text_bytes;
	tao_job_put(job);
	return err;
}

static int get_statistics(struct tao_file *file, void *arg)
{
	struct tao_device *td = file->td;

	spin_lock_irq(&td->lock);
	*(struct tao_statistics *)arg = td->measured.statistics;
	spin_unlock_irq(&td->lock);
	return 0;
}

static int cancel(struct tao_file *file, void *arg)
{
	return tao_cut_cancel(file);
}

/* --- what the writer may ask ------------------------------------------------------------------ */

static bool terminated(const char *s, size_t size)
{
	return memchr(s, '\0', size);
}

/* The characters that Windows allows too, so that a name means the same everywhere. */
static bool client_name_valid(const char *name)
{
	for (; *name; name++)
		if (!isascii(*name) || (!isalnum(*name) && !strchr(" .,:;-_", *name)))
			return false;
	return true;
}

static int prepare(struct tao_file *file, void *arg)
{
	struct tao_prepare *p = arg;

	if (p->flags & ~TAO_PREPARE_FLAGS || !reserved_is_zero(p) || p->wait_ms > TAO_WAIT_MS_MAX)
		return -EINVAL;
	if (!terminated(p->client_name, sizeof(p->client_name)) ||
	    !client_name_valid(p->client_name))
		return -EINVAL;
	if (!terminated(p->mcn, sizeof(p->mcn)))
		return -EINVAL;
	if (p->flags & TAO_PREPARE_MCN ? !tao_mcn_valid(p->mcn) : p->mcn[0])
		return -EINVAL;
	return tao_call(file, &tao_job_prepare, p, sizeof(*p));
}

static bool finalize_valid(const struct tao_finalize *f)
{
	return !(f->flags & ~TAO_FINALIZE_FLAGS) && f->close <= TAO_CLOSE_FINALIZE &&
	       reserved_is_zero(f);
}

static int release(struct tao_file *file, void *arg)
{
	struct tao_finalize *f = arg;

	if (!finalize_valid(f))
		return -EINVAL;
	return tao_call(file, &tao_job_release, f, sizeof(*f));
}

static int finalize(struct tao_file *file, void *arg)
{
	struct tao_finalize *f = arg;

	if (!finalize_valid(f) || f->close == TAO_CLOSE_NOTHING)
		return -EINVAL;
	return tao_call(file, &tao_job_finalize, f, sizeof(*f));
}

static int track_begin(struct tao_file *file, void *arg)
{
	struct tao_track_begin *t = arg;

	if (t->flags & ~TAO_TRACK_FLAGS || !reserved_is_zero(t))
		return -EINVAL;
	if (!terminated(t->isrc, sizeof(t->isrc)))
		return -EINVAL;
	if (t->flags & TAO_TRACK_ISRC ? !tao_isrc_valid(t->isrc) : t->isrc[0])
		return -EINVAL;
	/* Fields that are only returned don't make it another call. */
	t->number = 0;
	t->start_lba = 0;
	t->free_sectors = 0;
	return tao_call(file, &tao_job_track_begin, t, sizeof(*t));
}

static bool layout_valid(const struct tao_layout *l)
{
	return !(l->flags & ~TAO_LAYOUT_FLAGS) && reserved_is_zero(l) &&
	       (l->close == TAO_CLOSE_SESSION || l->close == TAO_CLOSE_FINALIZE) &&
	       l->first_track <= TAO_TRACKS_MAX && l->tracks_count &&
	       l->tracks_count <= TAO_TRACKS_MAX && l->marks_count <= TAO_MARKS_MAX &&
	       l->text_bytes <= TAO_TEXT_BYTES_MAX && l->text_bytes % TAO_TEXT_PACK_BYTES == 0;
}

/* NULL where there is nothing: no caller looks there. */
static void *copy_array(u64 address, size_t bytes, int *err)
{
	void *array;

	if (!bytes || *err)
		return NULL;
	array = vmemdup_user(u64_to_user_ptr(address), bytes);
	if (!IS_ERR(array))
		return array;
	*err = PTR_ERR(array);
	return NULL;
}

static int copy_plan(const struct tao_layout *l, struct tao_plan *plan)
{
	int err = 0;

	kref_init(&plan->ref);
	plan->layout = *l;
	plan->tracks = copy_array(l->tracks, l->tracks_count * sizeof(*plan->tracks), &err);
	plan->marks = copy_array(l->marks, l->marks_count * sizeof(*plan->marks), &err);
	plan->text = copy_array(l->text, l->text_bytes, &err);
	return err ?: tao_plan_check(plan);
}

static int session_begin(struct tao_file *file, void *arg)
{
	struct tao_layout *l = arg;
	struct tao_plan *plan;
	int err;

	if (!layout_valid(l))
		return -EINVAL;
	plan = kzalloc(sizeof(*plan), GFP_KERNEL_ACCOUNT);
	if (!plan)
		return -ENOMEM;
	err = copy_plan(l, plan);
	err = err ?: tao_call_planned(file, &tao_job_session_begin, l, sizeof(*l), plan);
	tao_plan_put(plan);
	return err;
}

static int track_end(struct tao_file *file, void *arg)
{
	struct tao_track_end *t = arg;

	if (t->flags || !reserved_is_zero(t))
		return -EINVAL;
	memset(t, 0, sizeof(*t));
	return tao_call(file, &tao_job_track_end, t, sizeof(*t));
}

static int blank(struct tao_file *file, void *arg)
{
	struct tao_blank *b = arg;

	if (b->flags & ~TAO_BLANK_FLAGS || b->reserved32 || !reserved_is_zero(b))
		return -EINVAL;
	return tao_call(file, &tao_job_blank, b, sizeof(*b));
}

static int recover(struct tao_file *file, void *arg)
{
	struct tao_recover *r = arg;

	if (r->flags || r->close > TAO_CLOSE_FINALIZE || !reserved_is_zero(r))
		return -EINVAL;
	r->done = 0;
	r->track = 0;
	return tao_call(file, &tao_job_recover, r, sizeof(*r));
}

static int set_speed(struct tao_file *file, void *arg)
{
	struct tao_speed *s = arg;

	if (s->flags & ~TAO_SPEED_PURE_CAV || !reserved_is_zero(s) || !s->requested_kbps)
		return -EINVAL;
	return tao_call(file, &tao_job_set_speed, s, sizeof(*s));
}

static int set_settings(struct tao_file *file, void *arg)
{
	struct tao_settings *s = arg;

	if (s->mask & ~TAO_SET_MASK || s->underrun_free > 1 || !reserved_is_zero(s))
		return -EINVAL;
	tao_settings_set(file, s);
	return 0;
}

/* --- dispatch --------------------------------------------------------------------------------- */

/**
 * struct tao_ioctl - a call
 * @cmd: its number, with the size that the struct has today
 * @size_min: the size that the struct had when it was published; never changed
 * @fn: what it does
 * @write: it is the writer's
 */
struct tao_ioctl {
	unsigned int cmd;
	unsigned int size_min;
	int (*fn)(struct tao_file *file, void *arg);
	bool write;
};

static const struct tao_ioctl tao_ioctls[] = {
	{ TAO_IOC_GET_DRIVE, 176, get_drive },
	{ TAO_IOC_GET_MEDIUM, 104, get_medium },
	{ TAO_IOC_GET_STATUS, 192, get_status },
	{ TAO_IOC_GET_ERROR, 232, get_error },
	{ TAO_IOC_GET_TOC, 2432, get_toc },
	{ TAO_IOC_GET_SPEEDS, 1032, get_speeds },
	{ TAO_IOC_GET_SPEED, 40, get_speed },
	{ TAO_IOC_GET_SETTINGS, 40, get_settings },
	{ TAO_IOC_GET_STATISTICS, 128, get_statistics },
	{ TAO_IOC_GET_TEXT, 32, get_text },
	{ TAO_IOC_CANCEL, 0, cancel },
	{ TAO_IOC_PREPARE, 120, prepare, true },
	{ TAO_IOC_RELEASE, 24, release, true },
	{ TAO_IOC_TRACK_BEGIN, 56, track_begin, true },
	{ TAO_IOC_TRACK_END, 40, track_end, true },
	{ TAO_IOC_FINALIZE, 24, finalize, true },
	{ TAO_IOC_BLANK, 24, blank, true },
	{ TAO_IOC_SET_SPEED, 40, set_speed, true },
	{ TAO_IOC_SET_SETTINGS, 40, set_settings, true },
	{ TAO_IOC_RECOVER, 32, recover, true },
	{ TAO_IOC_SESSION_BEGIN, 80, session_begin, true },
};

/* The same number and direction: the size may be that of an older or a newer struct. */
static const struct tao_ioctl *find_ioctl(unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tao_ioctls); i++)
		if (!((tao_ioctls[i].cmd ^ cmd) & ~(_IOC_SIZEMASK << _IOC_SIZESHIFT)))
			return &tao_ioctls[i];
	return NULL;
}

/* Fields that an older program does not know are 0; those that we don't know have to be. */
static int copy_arg_in(void *arg, size_t size, unsigned int cmd, const void __user *user)
{
	if (!(_IOC_DIR(cmd) & _IOC_WRITE))
		return 0;
	return copy_struct_from_user(arg, size, user, _IOC_SIZE(cmd));
}

/* As much as fits; fields that we don't know are 0. */
static int copy_arg_out(const void *arg, size_t size, unsigned int cmd, void __user *user)
{
	size_t fits = min_t(size_t, size, _IOC_SIZE(cmd));

	if (!(_IOC_DIR(cmd) & _IOC_READ))
		return 0;
	if (copy_to_user(user, arg, fits) || clear_user(user + fits, _IOC_SIZE(cmd) - fits))
		return -EFAULT;
	return 0;
}

static long tao_ioctl(struct file *filp, unsigned int cmd, unsigned long user)
{
	struct tao_file *file = filp->private_data;
	const struct tao_ioctl *ioctl = find_ioctl(cmd);
	size_t size;
	void *arg;
	int err;

	if (!ioctl)
		return -ENOTTY;
	if (ioctl->write && !file->writable)
		return -EBADF;
	if (_IOC_SIZE(cmd) < ioctl->size_min)
		return -EINVAL;
	size = _IOC_SIZE(ioctl->cmd);
	arg = kzalloc(max_t(size_t, size, 1), GFP_KERNEL);
	if (!arg)
		return -ENOMEM;
	err = copy_arg_in(arg, size, cmd, (void __user *)user);
	err = err ?: ioctl->fn(file, arg);
	/* The information about a track that failed or was cut short is returned too. */
	if (!err || err == -ECANCELED || err == -ESHUTDOWN || err == -EIO)
		err = copy_arg_out(arg, size, cmd, (void __user *)user) ?: err;
	kfree(arg);
	return err;
}

const struct file_operations tao_fops = {
	.owner		= THIS_MODULE,
	.open		= tao_open,
	.flush		= tao_flush,
	.release	= tao_release,
	.fsync		= tao_fsync,
	.write_iter	= tao_write_iter,
	.splice_write	= tao_splice_write,
	.poll		= tao_poll,
	.unlocked_ioctl	= tao_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

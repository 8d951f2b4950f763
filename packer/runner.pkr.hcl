# One image, two places to make it: an AMI on AWS, a directory for the local cloud. Same build block, same provisioning.
#
#   AWS:    packer init packer && packer build -only='runner.amazon-ebs.aws' -var-file=… packer     (Packer >= 1.10)
#   local:  packer build -only='runner.null.local' -var-file=… packer/runner.pkr.hcl                (any Packer >= 1.6)

variable "image" {
  type        = string
  description = "Name of the image definition."
}
variable "environment" {
  type        = string
  description = "Environment that the image is for."
}
variable "architecture" {
  type    = string
  default = "x86_64"
}
variable "agents" {
  type        = string
  description = "CI agents, comma-separated."
}
variable "toolchains" {
  type        = string
  description = "Toolchains, comma-separated."
}
variable "git_commit" {
  type        = string
  description = "Commit that the image is baked from."
}
variable "contract" {
  type        = string
  description = "Version of the boot environment that the image understands."
}
variable "pins_override" {
  type        = string
  default     = ""
  description = "Path of a file whose lines replace those of provision/pins.env."
}
variable "proxy" {
  type        = string
  default     = ""
  description = "HTTP proxy of the bake."
}
variable "no_proxy" {
  type    = string
  default = ""
}
variable "ca_file" {
  type        = string
  default     = ""
  description = "Path of a PEM file with private CA certificates for the image."
}

variable "manifest" {
  type        = string
  default     = "packer-manifest.json"
  description = "File that says what was made: the AMI's id on AWS."
}

# Local only.
variable "ssh_host" {
  type    = string
  default = "127.0.0.1"
}
variable "ssh_port" {
  type    = number
  default = 22
}
variable "ssh_private_key_file" {
  type    = string
  default = ""
}

# AWS only.
variable "region" {
  type    = string
  default = ""
}
variable "base_owner" {
  type    = string
  default = "136693071363"
}
variable "base_name" {
  type        = string
  default     = ""
  description = "Name of the base image. Default: Debian 13 of the architecture."
}
variable "disk_gb" {
  type    = number
  default = 16
}
variable "instance_type" {
  type    = string
  default = ""
}
variable "subnet_id" {
  type        = string
  default     = ""
  description = "Subnet of the builder. Default: one of the default VPC."
}
variable "builder_source_cidrs" {
  type        = list(string)
  default     = []
  description = "Networks that Packer connects from, for a builder without a public address. Default: this machine's public address."
}
variable "ssh_username" {
  type        = string
  default     = "admin"
  description = "User of the base image that may sudo."
}
variable "root_device" {
  type        = string
  default     = "/dev/xvda"
  description = "Device name of the base image's root volume."
}
variable "kms_key_arn" {
  type        = string
  default     = ""
  description = "Key of the boot volume. Default: the AWS managed key, with which an image cannot be shared with other accounts."
}
variable "tags" {
  type        = map(string)
  default     = {}
  description = "Tags of the builder, its volume and network interface, the image and its snapshot."
}

locals {
  stamp = formatdate("YYYYMMDD-hhmmss", timestamp())
  tags = merge(var.tags, {
    "Name"               = "muster-${var.environment}-${var.image}"
    "muster:environment" = var.environment
    "muster:image"       = var.image
    "muster:contract"    = var.contract
    "muster:agents"      = replace(var.agents, ",", " ")
    "muster:toolchains"  = replace(var.toolchains, ",", " ")
    "muster:commit"      = var.git_commit
  })
  base_name    = var.base_name != "" ? var.base_name : "debian-13-${var.architecture == "arm64" ? "arm64" : "amd64"}-*"
  builder_type = var.instance_type != "" ? var.instance_type : (var.architecture == "arm64" ? "m7g.large" : "m7i.large")
}

source "amazon-ebs" "aws" {
  region        = var.region
  instance_type = local.builder_type
  subnet_id     = var.subnet_id

  source_ami_filter {
    owners      = [var.base_owner]
    most_recent = true
    filters = {
      name                = local.base_name
      architecture        = var.architecture
      root-device-type    = "ebs"
      virtualization-type = "hvm"
      state               = "available"
    }
  }

  ami_name        = "muster-${var.environment}-${var.image}-${local.stamp}"
  ami_description = "Muster runner image ${var.image} at ${var.git_commit}"
  # Three months: long enough to roll back to, short enough that an image nobody refreshes is seen.
  deprecate_at = timeadd(timestamp(), "2160h")

  # Encrypted from the first block on: an image encrypted at the end would be copied once more.
  launch_block_device_mappings {
    device_name           = var.root_device
    volume_type           = "gp3"
    volume_size           = var.disk_gb
    throughput            = 250
    encrypted             = true
    kms_key_id            = var.kms_key_arn
    delete_on_termination = true
  }

  imds_support = "v2.0"
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  # The temporary security group lets in the machine that runs Packer and nobody else: by its public address, or, for a
  # builder in a private subnet, by the networks named in builder_source_cidrs. (Session Manager would need its agent,
  # which Debian's image lacks.)
  temporary_security_group_source_public_ip = length(var.builder_source_cidrs) == 0
  temporary_security_group_source_cidrs     = var.builder_source_cidrs
  associate_public_ip_address               = length(var.builder_source_cidrs) == 0
  ssh_interface                             = length(var.builder_source_cidrs) == 0 ? "public_ip" : "private_ip"
  temporary_key_pair_type                   = "ed25519"
  ssh_username                              = var.ssh_username
  # A builder that Packer lost ends itself when it is shut down.
  shutdown_behavior = "terminate"

  run_tags        = local.tags
  run_volume_tags = local.tags
  tags            = local.tags
  snapshot_tags   = local.tags
}

source "null" "local" {
  ssh_host             = var.ssh_host
  ssh_port             = var.ssh_port
  ssh_username         = "root"
  ssh_private_key_file = var.ssh_private_key_file
}

build {
  name    = "runner"
  sources = ["source.amazon-ebs.aws", "source.null.local"]

  provisioner "shell" {
    inline = ["rm -rf /tmp/muster-provision", "mkdir -m 700 /tmp/muster-provision"]
  }
  provisioner "file" {
    source      = "${path.root}/../provision/"
    destination = "/tmp/muster-provision"
  }
  provisioner "shell" {
    environment_vars = [
      "MUSTER_IMAGE=${var.image}",
      "MUSTER_CONTRACT=${var.contract}",
      "MUSTER_AGENTS=${var.agents}",
      "MUSTER_TOOLCHAINS=${var.toolchains}",
      "MUSTER_COMMIT=${var.git_commit}",
      "MUSTER_PROXY=${var.proxy}",
      "MUSTER_NO_PROXY=${var.no_proxy}",
      "MUSTER_PINS_OVERRIDE=${var.pins_override == "" ? "" : base64encode(file(var.pins_override))}",
      "MUSTER_CA=${var.ca_file == "" ? "" : base64encode(file(var.ca_file))}",
    ]
    # root at home, the distribution's user with sudo on AWS
    execute_command = "chmod +x {{ .Path }}; if [ \"$(id -u)\" = 0 ]; then env {{ .Vars }} {{ .Path }}; else sudo env {{ .Vars }} {{ .Path }}; fi"
    inline          = ["bash /tmp/muster-provision/bake/bake", "rm -rf /tmp/muster-provision"]
  }

  post-processor "manifest" {
    output = var.manifest
    custom_data = {
      image      = var.image
      commit     = var.git_commit
      contract   = var.contract
      agents     = var.agents
      toolchains = var.toolchains
    }
  }
}

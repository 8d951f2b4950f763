# The least of a build that a local bake can run: one script, provision/script, with the pins beside it.
variable "ssh_host" { type = string }
variable "ssh_port" { type = number }
variable "ssh_private_key_file" { type = string }
variable "pins_override" { type = string }
variable "environment" { type = string }
variable "image" { type = string }
variable "architecture" { type = string }
variable "agents" { type = string }
variable "toolchains" { type = string }
variable "git_commit" { type = string }
variable "contract" { type = string }
variable "proxy" { type = string }
variable "no_proxy" { type = string }

source "null" "local" {
  ssh_host             = var.ssh_host
  ssh_port             = var.ssh_port
  ssh_username         = "root"
  ssh_private_key_file = var.ssh_private_key_file
}

build {
  name    = "runner"
  sources = ["source.null.local"]

  provisioner "file" {
    source      = var.pins_override
    destination = "/tmp/pins.env"
  }
  provisioner "shell" {
    environment_vars = ["PINS=/tmp/pins.env"]
    script           = "${path.root}/../provision/script"
  }
}
